-- One row per open episode and care group: how much counting care was found and how much is asked.
--
-- exercise: distinct dates of the best course (most dates), asked with a span; manipulation and acupuncture: most
-- distinct dates in any window; psychological: distinct dates, asked with a span; interdisciplinary: hours, at most
-- interdisciplinary_max_hours_per_day a date; medication: classes with enough net days.
--
-- See docs/rule.md 6.2, 6.5.

with

care_group as (
    select documentation_modalities.care_group
    from value_sets.documentation_modalities
    group by documentation_modalities.care_group
),

asked as (
    select
        open_episode.episode_id,
        care_group.care_group,
        case care_group.care_group
            when 'exercise' then episode_policy.exercise_min_dates
            when 'manipulation' then episode_policy.manipulation_min_dates
            when 'acupuncture' then episode_policy.manipulation_min_dates
            when 'psychological' then episode_policy.psychological_min_sessions
            when 'interdisciplinary' then episode_policy.interdisciplinary_min_hours
            when 'medication' then episode_policy.medication_min_classes
            else error('A care group that the rule does not measure')
        end as threshold
    from intermediate.open_episode
    inner join intermediate.episode_policy
        on open_episode.episode_id = episode_policy.episode_id
    cross join care_group
),

found as (
    select
        care_service.episode_id,
        care_service.care_group,
        count(*) as service_count,
        count(distinct care_service.start_date) as date_count,
        min(care_service.start_date) as first_date,
        max(care_service.start_date) as last_date
    from intermediate.care_service
    where care_service.evidence_kind = 'claim'
    group by care_service.episode_id, care_service.care_group
),

best_course as (
    select
        care_course.episode_id,
        max(care_course.date_count) as measure,
        bool_or(
            care_course.date_count >= episode_policy.exercise_min_dates
            and care_course.last_date - care_course.first_date >= episode_policy.exercise_min_span_days
        ) as is_enough
    from intermediate.care_course
    inner join intermediate.episode_policy
        on care_course.episode_id = episode_policy.episode_id
    group by care_course.episode_id
),

best_cluster as (
    select
        care_cluster.episode_id,
        care_cluster.care_group,
        max(care_cluster.date_count) as measure
    from intermediate.care_cluster
    group by care_cluster.episode_id, care_cluster.care_group
),

hours_by_date as (
    select
        care_service.episode_id,
        care_service.start_date,
        least(
            sum(coalesce(care_service.service_hours, 0)),
            max(episode_policy.interdisciplinary_max_hours_per_day)
        ) as counted_hours
    from intermediate.care_service
    inner join intermediate.episode_policy
        on care_service.episode_id = episode_policy.episode_id
    where
        care_service.evidence_kind = 'claim'
        and care_service.care_group = 'interdisciplinary'
    group by care_service.episode_id, care_service.start_date
),

total_hours as (
    select
        hours_by_date.episode_id,
        sum(hours_by_date.counted_hours) as measure
    from hours_by_date
    group by hours_by_date.episode_id
),

class_days as (
    select
        medication_day.episode_id,
        medication_day.drug_class,
        max(medication_day.class_days) as class_days
    from intermediate.medication_day
    where medication_day.is_in_look_back
    group by medication_day.episode_id, medication_day.drug_class
),

enough_classes as (
    select
        class_days.episode_id,
        count(*) filter (where class_days.class_days >= episode_policy.medication_min_days) as measure
    from class_days
    inner join intermediate.episode_policy
        on class_days.episode_id = episode_policy.episode_id
    where class_days.class_days > 0
    group by class_days.episode_id
),

measured as (
    select
        asked.episode_id,
        asked.care_group,
        coalesce(found.service_count, 0) as service_count,
        found.first_date,
        found.last_date,
        cast(asked.threshold as double) as threshold,
        cast(
            case asked.care_group
                when 'exercise' then coalesce(best_course.measure, 0)
                when 'manipulation' then coalesce(best_cluster.measure, 0)
                when 'acupuncture' then coalesce(best_cluster.measure, 0)
                when 'psychological' then coalesce(found.date_count, 0)
                when 'interdisciplinary' then coalesce(total_hours.measure, 0)
                when 'medication' then coalesce(enough_classes.measure, 0)
                else error('A care group that the rule does not measure')
            end as double
        ) as measure,
        case asked.care_group
            when 'exercise' then coalesce(best_course.is_enough, false)
            when 'psychological'
                then
                    coalesce(found.last_date - found.first_date, 0)
                    >= episode_policy.psychological_min_span_days
            else true
        end as is_span_enough
    from asked
    inner join intermediate.episode_policy
        on asked.episode_id = episode_policy.episode_id
    left join found
        on
            asked.episode_id = found.episode_id
            and asked.care_group = found.care_group
    left join best_course
        on asked.episode_id = best_course.episode_id
    left join best_cluster
        on
            asked.episode_id = best_cluster.episode_id
            and asked.care_group = best_cluster.care_group
    left join total_hours
        on asked.episode_id = total_hours.episode_id
    left join enough_classes
        on asked.episode_id = enough_classes.episode_id
),

final as (
    select
        measured.*,
        measured.service_count > 0
        and measured.measure >= measured.threshold
        and measured.is_span_enough as is_enough
    from measured
)

select * from final
