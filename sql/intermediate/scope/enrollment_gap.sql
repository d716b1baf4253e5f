-- One row per open episode and run of days of its look-back on which no enrolment span covers the member.
--
-- Both ends are in. Overlapping spans count a day once. Without an eligibility extract nobody says who was enrolled,
-- and there is no gap.
--
-- See docs/rule.md 8.2.

with

told_episode as (
    select open_episode.*
    from intermediate.open_episode
    cross join staging.run
    where run.has_eligibility
),

ordered_span as (
    select
        told_episode.episode_id,
        told_episode.look_back_start_date,
        greatest(enrollment_span.enrollment_start_date, told_episode.look_back_start_date) as start_date,
        max(least(enrollment_span.enrollment_end_date, told_episode.look_back_end_date)) over (
            partition by told_episode.episode_id
            order by enrollment_span.enrollment_start_date, enrollment_span.enrollment_end_date
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date,
        least(enrollment_span.enrollment_end_date, told_episode.look_back_end_date) as end_date
    from told_episode
    inner join intermediate.enrollment_span
        on
            told_episode.member_id = enrollment_span.member_id
            and told_episode.look_back_start_date <= enrollment_span.enrollment_end_date
            and told_episode.look_back_end_date >= enrollment_span.enrollment_start_date
),

last_day as (
    select
        ordered_span.episode_id,
        max(ordered_span.end_date) as end_date
    from ordered_span
    group by ordered_span.episode_id
),

uncovered as (
    select
        ordered_span.episode_id,
        coalesce(ordered_span.covered_until_date + 1, ordered_span.look_back_start_date) as start_date,
        ordered_span.start_date - 1 as end_date
    from ordered_span
    union all
    select
        told_episode.episode_id,
        coalesce(last_day.end_date + 1, told_episode.look_back_start_date) as start_date,
        told_episode.look_back_end_date as end_date
    from told_episode
    left join last_day
        on told_episode.episode_id = last_day.episode_id
),

final as (
    select
        uncovered.episode_id,
        cast(uncovered.start_date as date) as start_date,
        cast(uncovered.end_date as date) as end_date
    from uncovered
    where uncovered.start_date <= uncovered.end_date
    group by uncovered.episode_id, uncovered.start_date, uncovered.end_date
)

select * from final
