-- One row per open episode: its four criteria and their sum, each met, not_met or cannot_tell.
--
-- exercise_course: the exercise group is adequate, or the policy does not ask for it. enough_groups: at least
-- min_groups groups are adequate. care_span: the span is at least min_total_span_days. failure_documented: valid
-- statements cover min_groups groups, exercise among them if asked. What is not met cannot be told when enrolment is
-- incomplete, when drugs could still decide it, or, for documents, when no such extract was delivered. adequate_care is
-- the first three together.
--
-- See docs/rule.md 7.2, 8.4.

with

judged as (
    select
        episode_care.episode_id,
        case
            when episode_care.is_exercise_adequate or not episode_policy.must_have_exercise then 'met'
            when not episode_visibility.enrollment_complete then 'cannot_tell'
            else 'not_met'
        end as exercise_course,
        case
            when episode_care.adequate_group_count >= episode_policy.min_groups then 'met'
            when not episode_visibility.enrollment_complete then 'cannot_tell'
            when
                episode_care.is_medication_unknown
                and episode_care.adequate_group_count + 1 >= episode_policy.min_groups
                then 'cannot_tell'
            else 'not_met'
        end as enough_groups,
        case
            when episode_care.span_days >= episode_policy.min_total_span_days then 'met'
            when not episode_visibility.enrollment_complete or episode_care.is_medication_unknown then 'cannot_tell'
            else 'not_met'
        end as care_span,
        case
            when
                episode_care.documented_group_count >= episode_policy.min_groups
                and (episode_care.is_exercise_documented or not episode_policy.must_have_exercise)
                then 'met'
            when not run.has_care_documentation then 'cannot_tell'
            else 'not_met'
        end as failure_documented
    from intermediate.episode_care
    inner join intermediate.episode_policy
        on episode_care.episode_id = episode_policy.episode_id
    inner join intermediate.episode_visibility
        on episode_care.episode_id = episode_visibility.episode_id
    cross join staging.run
),

final as (
    select
        judged.*,
        case
            when 'not_met' in (judged.exercise_course, judged.enough_groups, judged.care_span) then 'not_met'
            when 'cannot_tell' in (judged.exercise_course, judged.enough_groups, judged.care_span) then 'cannot_tell'
            else 'met'
        end as adequate_care
    from judged
)

select * from final
