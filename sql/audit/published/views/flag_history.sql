-- One row per publish and case flagged in it: when, under which policy, value sets and code, from which input.

with

final as (
    select
        run_history.run_number,
        run_history.run_id,
        run_history.known_from_utc,
        run_history.as_of_date,
        case_version.case_id,
        case_version.episode_id,
        case_version.member_id,
        case_version.anchor_date,
        case_version.outcome_reason,
        case_version.paid_amount,
        case_version.priority_score,
        case_version.evidence_digest,
        case_version.policy_id,
        case_version.policy_version,
        run_history.value_set_digest,
        run_history.code_version,
        run_history.landed_digest
    from case_version
    inner join run_history
        on
            case_version.from_run_number <= run_history.run_number
            and case_version.to_run_number >= run_history.run_number
    where case_version.is_in_audit and case_version.outcome = 'flagged'
)

select * from final
order by run_number asc, priority_score desc nulls last, anchor_date asc, case_id asc
