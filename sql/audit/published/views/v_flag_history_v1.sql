-- One row per publish and case flagged in it: when, under which policy, value sets and code, from which input.

with

final as (
    select
        flag_history.run_number,
        flag_history.run_id,
        flag_history.known_from_utc,
        flag_history.as_of_date,
        flag_history.case_id,
        flag_history.episode_id,
        flag_history.member_id,
        flag_history.anchor_date,
        flag_history.outcome_reason,
        flag_history.paid_amount,
        flag_history.priority_score,
        flag_history.evidence_digest,
        flag_history.policy_id,
        flag_history.policy_version,
        flag_history.value_set_digest,
        flag_history.code_version,
        flag_history.landed_digest
    from flag_history
)

select * from final
order by run_number asc, case_id asc
