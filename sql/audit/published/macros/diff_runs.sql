-- One row per case that two runs see differently: diff_runs('run id', 'run id'), the earlier one first.
--
-- case_difference: only_in_first, only_in_second, newly_flagged, no_longer_flagged, or changed. A run that was
-- published twice stands as it was published last; its cases were the same.

with

first_run as (
    select max(run_history.run_number) as run_number
    from audit.run_history
    where run_history.run_id = first_run_id
),

second_run as (
    select max(run_history.run_number) as run_number
    from audit.run_history
    where run_history.run_id = second_run_id
),

first_case as (
    select case_version.*
    from audit.case_version
    inner join first_run
        on
            case_version.from_run_number <= first_run.run_number
            and case_version.to_run_number >= first_run.run_number
    where case_version.is_in_audit
),

second_case as (
    select case_version.*
    from audit.case_version
    inner join second_run
        on
            case_version.from_run_number <= second_run.run_number
            and case_version.to_run_number >= second_run.run_number
    where case_version.is_in_audit
),

final as (
    select
        coalesce(first_case.case_id, second_case.case_id) as case_id,
        coalesce(second_case.member_id, first_case.member_id) as member_id,
        case
            when second_case.case_id is null then 'only_in_first'
            when first_case.case_id is null then 'only_in_second'
            when first_case.outcome <> 'flagged' and second_case.outcome = 'flagged' then 'newly_flagged'
            when first_case.outcome = 'flagged' and second_case.outcome <> 'flagged' then 'no_longer_flagged'
            else 'changed'
        end as case_difference,
        first_case.outcome as first_outcome,
        first_case.outcome_reason as first_outcome_reason,
        first_case.policy_version as first_policy_version,
        first_case.paid_amount as first_paid_amount,
        second_case.outcome as second_outcome,
        second_case.outcome_reason as second_outcome_reason,
        second_case.policy_version as second_policy_version,
        second_case.paid_amount as second_paid_amount,
        coalesce(first_case.evidence_digest = second_case.evidence_digest, false) as is_same_evidence
    from first_case
    full outer join second_case
        on first_case.case_id = second_case.case_id
    cross join first_run
    cross join second_run
    where
        first_case.from_run_number is distinct from second_case.from_run_number
        and first_run.run_number is not null
        and second_run.run_number is not null
        and (
            first_case.case_id is null
            or second_case.case_id is null
            or row(
                first_case.episode_id,
                first_case.outcome,
                first_case.outcome_reason,
                first_case.policy_id,
                first_case.policy_version,
                first_case.paid_amount,
                first_case.evidence_digest
            ) is distinct from row(
                second_case.episode_id,
                second_case.outcome,
                second_case.outcome_reason,
                second_case.policy_id,
                second_case.policy_version,
                second_case.paid_amount,
                second_case.evidence_digest
            )
        )
)

select * from final
order by case_difference, case_id
