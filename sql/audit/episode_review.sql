-- One row per implant episode, also the excluded ones: its facts, its outcome and why.
--
-- Columns and their order are the contract's, and after them who operated, where, and who billed. priority_score is
-- null unless flagged: the sum of its parts, rounded half up to one decimal.
--
-- See docs/rule.md 8.5, 8.7 and docs/contract.md 2.1.

with

priority as (
    select
        priority_part.episode_id,
        round(cast(sum(priority_part.points) as decimal(18, 9)), 1) as priority_score
    from audit.priority_part
    group by priority_part.episode_id
),

final as (
    select
        episode.episode_id,
        case_name.case_id,
        episode.member_id,
        episode_policy.line_of_business,
        episode_policy.policy_id,
        episode_policy.policy_version,
        episode.anchor_date,
        episode.anchor_date as first_event_date,
        episode.last_event_date,
        episode.episode_kind,
        episode.event_stage,
        episode_outcome.outcome,
        episode_outcome.outcome_reason,
        episode_exclusion.exclusion_reasons,
        episode_diagnosis_scope.diagnosis_class,
        episode_diagnosis_scope.billed_diagnoses,
        episode.index_codes,
        episode.claim_ids,
        cast(episode.paid_amount as decimal(18, 2)) as paid_amount,
        cast(episode.allowed_amount as decimal(18, 2)) as allowed_amount,
        case when episode.has_pending_line then 'pre_pay' else 'post_pay' end as payment_stage,
        episode_visibility.enrolled_days,
        episode_visibility.enrollment_complete,
        episode_visibility.drugs_visible,
        case
            when not run.has_prior_authorization then 'feed_not_supplied'
            when episode_exclusion.has_authorization then 'approved'
            else 'none_found'
        end as prior_authorization_state,
        episode_note.notes,
        cast(priority.priority_score as decimal(4, 1)) as priority_score,
        case
            when episode_outcome.outcome = 'flagged' and list_contains(episode_note.notes, 'likely_miscoded')
                then 'coding_query'
            when episode_outcome.outcome = 'flagged' then 'request_records'
            when episode_outcome.outcome = 'documented' and list_contains(episode_note.notes, 'evidence_review')
                then 'clinical_review'
            when episode_outcome.outcome = 'excluded' and episode_outcome.outcome_reason = 'red_flag'
                then 'clinical_review'
            when episode_outcome.outcome = 'not_assessable' then 'data_hold'
            else 'no_action'
        end as next_step,
        run_name.run_id,
        episode_provider.surgeon_npis,
        episode_provider.facility_npis,
        episode_provider.billing_npis
    from intermediate.episode
    inner join intermediate.case_name
        on episode.episode_id = case_name.episode_id
    inner join intermediate.episode_policy
        on episode.episode_id = episode_policy.episode_id
    inner join intermediate.episode_diagnosis_scope
        on episode.episode_id = episode_diagnosis_scope.episode_id
    inner join intermediate.episode_visibility
        on episode.episode_id = episode_visibility.episode_id
    inner join intermediate.episode_provider
        on episode.episode_id = episode_provider.episode_id
    inner join intermediate.episode_exclusion
        on episode.episode_id = episode_exclusion.episode_id
    inner join intermediate.episode_outcome
        on episode.episode_id = episode_outcome.episode_id
    inner join intermediate.episode_note
        on episode.episode_id = episode_note.episode_id
    cross join staging.run
    cross join run_facts.run_name
    left join priority
        on episode.episode_id = priority.episode_id
    order by episode.member_id, episode.anchor_date
)

select * from final
