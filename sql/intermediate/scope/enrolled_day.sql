-- One row per episode and kind of cover: how many days of the window are covered.
--
-- cover is look_back (enrolled and inside the reach of medical_claim), enrolled (the look-back, whatever the reach),
-- feed (the look-back inside the reach, enrolled or not), drugs (enrolled with a drug benefit, inside the reach of
-- medical_claim and of pharmacy_claim) or device_history (the clean period, as look_back). Where enrolment is assumed
-- every day is enrolled. A span that leaves the drug benefit blank has it where no eligibility row loaded says either.
-- Both ends of spans, reaches and windows are in; overlaps count once.
--
-- See docs/rule.md 8.1, 8.2, 8.3.

with

asked_window as (
    select
        episode_window.episode_id,
        episode_window.member_id,
        unnest(['look_back', 'enrolled', 'feed', 'drugs']) as cover,
        episode_window.look_back_start_date as window_start_date,
        episode_window.look_back_end_date as window_end_date
    from intermediate.episode_window
    union all
    select
        episode_window.episode_id,
        episode_window.member_id,
        'device_history' as cover,
        episode_window.device_history_start_date as window_start_date,
        episode_window.device_history_end_date as window_end_date
    from intermediate.episode_window
),

enrolled_span as (
    select
        asked_window.episode_id,
        asked_window.cover,
        greatest(enrollment_span.enrollment_start_date, asked_window.window_start_date) as start_date,
        least(enrollment_span.enrollment_end_date, asked_window.window_end_date) as end_date
    from asked_window
    inner join intermediate.enrollment_span
        on
            asked_window.member_id = enrollment_span.member_id
            and asked_window.window_end_date >= enrollment_span.enrollment_start_date
            and asked_window.window_start_date <= enrollment_span.enrollment_end_date
    cross join staging.run
    where
        asked_window.cover <> 'feed'
        and (
            asked_window.cover <> 'drugs'
            or coalesce(enrollment_span.has_pharmacy_benefit, not run.is_pharmacy_benefit_told)
        )
    union all
    select
        asked_window.episode_id,
        asked_window.cover,
        asked_window.window_start_date as start_date,
        asked_window.window_end_date as end_date
    from asked_window
    cross join staging.run
    where asked_window.cover = 'feed' or run.is_enrollment_assumed
),

seen_days as (
    select
        unnest(['look_back', 'feed', 'device_history']) as cover,
        feed_reach.first_date,
        feed_reach.last_date
    from staging.feed_reach
    where feed_reach.table_name = 'medical_claim'
    union all
    select
        'drugs' as cover,
        greatest(medical_reach.first_date, pharmacy_reach.first_date) as first_date,
        least(medical_reach.last_date, pharmacy_reach.last_date) as last_date
    from staging.feed_reach as medical_reach
    inner join staging.feed_reach as pharmacy_reach
        on
            medical_reach.table_name = 'medical_claim'
            and pharmacy_reach.table_name = 'pharmacy_claim'
            and medical_reach.last_date >= pharmacy_reach.first_date
            and medical_reach.first_date <= pharmacy_reach.last_date
),

clipped_span as (
    select
        enrolled_span.episode_id,
        enrolled_span.cover,
        greatest(enrolled_span.start_date, seen_days.first_date) as start_date,
        least(enrolled_span.end_date, seen_days.last_date) as end_date
    from enrolled_span
    inner join seen_days
        on
            enrolled_span.cover = seen_days.cover
            and enrolled_span.end_date >= seen_days.first_date
            and enrolled_span.start_date <= seen_days.last_date
    union all
    select enrolled_span.*
    from enrolled_span
    where enrolled_span.cover = 'enrolled'
),

known_span as (
    select
        clipped_span.*,
        max(clipped_span.end_date) over (
            partition by clipped_span.episode_id, clipped_span.cover
            order by clipped_span.start_date, clipped_span.end_date
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from clipped_span
),

new_days as (
    select
        known_span.episode_id,
        known_span.cover,
        greatest(
            known_span.end_date
            - greatest(known_span.start_date, coalesce(known_span.covered_until_date + 1, known_span.start_date))
            + 1,
            0
        ) as day_count
    from known_span
),

final as (
    select
        asked_window.episode_id,
        asked_window.cover,
        cast(coalesce(sum(new_days.day_count), 0) as integer) as covered_days
    from asked_window
    left join new_days
        on
            asked_window.episode_id = new_days.episode_id
            and asked_window.cover = new_days.cover
    group by asked_window.episode_id, asked_window.cover
)

select * from final
