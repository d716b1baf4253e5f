-- One row per open episode: what its care comes to, over all groups.
--
-- See docs/rule.md 6.2, 6.6, 6.7.

with

group_total as (
    select
        care_group_finding.episode_id,
        count(*) filter (where care_group_finding.state = 'adequate') as adequate_group_count,
        bool_or(care_group_finding.care_group = 'exercise' and care_group_finding.state = 'adequate')
            as is_exercise_adequate,
        bool_or(care_group_finding.care_group = 'medication' and care_group_finding.state = 'unknown')
            as is_medication_unknown,
        count(*) filter (where care_group_finding.has_failure_statement) as documented_group_count,
        bool_or(care_group_finding.care_group = 'exercise' and care_group_finding.has_failure_statement)
            as is_exercise_documented,
        sum(care_group_finding.service_count) as service_count,
        max(care_group_finding.measure) filter (where care_group_finding.care_group = 'exercise')
            as exercise_date_count,
        max(care_group_finding.last_date) filter (where care_group_finding.care_group = 'exercise')
            as exercise_last_date
    from intermediate.care_group_finding
    group by care_group_finding.episode_id
),

span_total as (
    select
        care_service.episode_id,
        min(care_service.start_date) as span_start_date,
        max(care_service.end_date) as span_end_date
    from intermediate.care_service
    group by care_service.episode_id
),

best_course as (
    select
        care_course.episode_id,
        max(care_course.date_count) as date_count
    from intermediate.care_course
    group by care_course.episode_id
),

longest_course as (
    select
        care_course.episode_id,
        max(
            case
                when care_course.date_count = best_course.date_count
                    then care_course.last_date - care_course.first_date
            end
        ) as course_span_days
    from intermediate.care_course
    inner join best_course
        on care_course.episode_id = best_course.episode_id
    group by care_course.episode_id
),

final as (
    select
        group_total.*,
        span_total.span_start_date,
        span_total.span_end_date,
        coalesce(span_total.span_end_date - span_total.span_start_date, 0) as span_days,
        coalesce(longest_course.course_span_days, 0) as exercise_span_days
    from group_total
    left join span_total
        on group_total.episode_id = span_total.episode_id
    left join longest_course
        on group_total.episode_id = longest_course.episode_id
)

select * from final
