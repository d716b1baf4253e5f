-- One row per episode: its outcome and the reason for it.
--
-- flagged asks a person to review the claim; documented says that the documentation asked for is there and nothing
-- about whether the implant was right; not_assessable says what the data received cannot show. A claim number under two
-- members comes before all else: whose diagnoses they are nobody knows.
--
-- See docs/rule.md 5, 8.5.

with

judged as (
    select
        episode_exclusion.episode_id,
        case
            when episode.has_shared_claim then 'not_assessable'
            when episode_exclusion.is_excluded then 'excluded'
            when episode_criterion.failure_documented = 'met' then 'documented'
            when episode_criterion.adequate_care = 'met' and episode_criterion.failure_documented = 'cannot_tell'
                then 'not_assessable'
            when episode_criterion.adequate_care = 'met' then 'flagged'
            when episode_criterion.adequate_care = 'not_met' then 'flagged'
            when episode_criterion.adequate_care = 'cannot_tell' then 'not_assessable'
            else error('An episode without an outcome')
        end as outcome,
        case
            when episode.has_shared_claim then 'claim_number_shared'
            when episode_exclusion.is_excluded then episode_exclusion.exclusion_reasons[1]
            when episode_criterion.failure_documented = 'met' then 'failure_documented'
            when episode_criterion.adequate_care = 'met' and episode_criterion.failure_documented = 'cannot_tell'
                then 'documentation_not_supplied'
            when episode_criterion.adequate_care = 'met' then 'failure_not_documented'
            when
                episode_criterion.adequate_care = 'not_met'
                and episode_care.service_count = 0
                and episode_care.documented_group_count = 0
                then 'no_conservative_care_found'
            when episode_criterion.adequate_care = 'not_met' then 'conservative_care_too_short'
            when episode_visibility.is_history_not_delivered then 'history_not_delivered'
            when not episode_visibility.enrollment_complete then 'insufficient_enrollment'
            else 'medication_unknown'
        end as outcome_reason
    from intermediate.episode_exclusion
    inner join intermediate.episode
        on episode_exclusion.episode_id = episode.episode_id
    inner join intermediate.episode_visibility
        on episode_exclusion.episode_id = episode_visibility.episode_id
    left join intermediate.episode_criterion
        on episode_exclusion.episode_id = episode_criterion.episode_id
    left join intermediate.episode_care
        on episode_exclusion.episode_id = episode_care.episode_id
),

final as (
    select * from judged
)

select * from final
