-- One row per case flagged for review in this audit, best first, with how long it has been flagged.
--
-- A finding asks a person to review; it decides nothing.

with

flagged_before as (
    select
        flag_history.case_id,
        min(flag_history.known_from_utc) as first_flagged_utc,
        count(*) as flagged_run_count
    from flag_history
    group by flag_history.case_id
),

final as (
    select
        finding.case_id,
        finding.episode_id,
        finding.member_id,
        finding.line_of_business,
        finding.policy_id,
        finding.policy_version,
        finding.anchor_date,
        finding.last_event_date,
        finding.episode_kind,
        finding.outcome_reason,
        finding.diagnosis_class,
        finding.billed_diagnoses,
        finding.index_codes,
        finding.claim_ids,
        finding.paid_amount,
        finding.allowed_amount,
        finding.payment_stage,
        finding.notes,
        finding.priority_score,
        finding.next_step,
        finding.why,
        flagged_before.first_flagged_utc,
        flagged_before.flagged_run_count,
        finding.run_id
    from finding
    left join flagged_before
        on finding.case_id = flagged_before.case_id
)

select * from final
order by priority_score desc nulls last, anchor_date asc, episode_id asc
