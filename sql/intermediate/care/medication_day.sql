-- One row per open episode, window, drug class and dispensing date: the net days dispensed.
--
-- Days supply of a class and date are summed with negatives; a sum above 0 counts at most (anchor - date) days and is a
-- service on that date; the class total is the sum of these less the negative sums of other dates, at least 0; a class
-- at 0 has no service.
--
-- See docs/rule.md 6.5.

with

class_date as (
    select
        open_episode.episode_id,
        fill_medication.dispensing_date >= open_episode.look_back_start_date as is_in_look_back,
        fill_medication.drug_class,
        fill_medication.dispensing_date,
        open_episode.anchor_date,
        sum(fill_medication.days_supply) as net_days
    from intermediate.open_episode
    inner join intermediate.fill_medication
        on
            open_episode.member_id = fill_medication.member_id
            and open_episode.history_start_date <= fill_medication.dispensing_date
            and open_episode.look_back_end_date >= fill_medication.dispensing_date
    where
        fill_medication.counts = 'yes'
        and not fill_medication.is_not_oral
    group by
        open_episode.episode_id,
        fill_medication.dispensing_date >= open_episode.look_back_start_date,
        fill_medication.drug_class,
        fill_medication.dispensing_date,
        open_episode.anchor_date
),

counted_date as (
    select
        class_date.*,
        case
            when class_date.net_days > 0
                then least(class_date.net_days, class_date.anchor_date - class_date.dispensing_date)
            else class_date.net_days
        end as counted_days
    from class_date
),

final as (
    select
        counted_date.*,
        greatest(
            sum(counted_date.counted_days) over (
                partition by counted_date.episode_id, counted_date.is_in_look_back, counted_date.drug_class
            ),
            0
        ) as class_days,
        counted_date.net_days > 0
        and sum(counted_date.counted_days) over (
            partition by counted_date.episode_id, counted_date.is_in_look_back, counted_date.drug_class
        ) > 0 as is_service
    from counted_date
)

select * from final
