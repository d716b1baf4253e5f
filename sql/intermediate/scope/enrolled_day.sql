-- One row per episode and kind of cover: how many days of the window the union of enrolment spans covers.
--
-- cover is look_back (all spans), drugs (look-back, spans that do not say has_pharmacy_benefit = false) or
-- device_history (all spans, the clean period). Both ends of spans and windows are in; overlaps count once.

with

asked_window as (
    select
        episode_window.episode_id,
        episode_window.member_id,
        'look_back' as cover,
        false as is_drug_cover,
        episode_window.look_back_start_date as window_start_date,
        episode_window.look_back_end_date as window_end_date
    from intermediate.episode_window
    union all
    select
        episode_window.episode_id,
        episode_window.member_id,
        'drugs' as cover,
        true as is_drug_cover,
        episode_window.look_back_start_date as window_start_date,
        episode_window.look_back_end_date as window_end_date
    from intermediate.episode_window
    union all
    select
        episode_window.episode_id,
        episode_window.member_id,
        'device_history' as cover,
        false as is_drug_cover,
        episode_window.device_history_start_date as window_start_date,
        episode_window.device_history_end_date as window_end_date
    from intermediate.episode_window
),

clipped_span as (
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
    where enrollment_span.has_pharmacy_benefit or not asked_window.is_drug_cover
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
        cast(coalesce(sum(new_days.day_count), 0) as integer) as enrolled_days
    from asked_window
    left join new_days
        on
            asked_window.episode_id = new_days.episode_id
            and asked_window.cover = new_days.cover
    group by asked_window.episode_id, asked_window.cover
)

select * from final
