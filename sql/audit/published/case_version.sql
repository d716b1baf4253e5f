-- One row per case and unbroken row of publishes in which nothing about it changed: its whole life, kept small.
--
-- Both run numbers are in. A case that left the audit (case_event gone) keeps what it was, with is_in_audit false.

with

final as (
    select
        case_version.case_id,
        case_version.from_run_number,
        case_version.to_run_number,
        case_version.case_event,
        case_version.changed_columns,
        case_version.related_case_id,
        case_version.is_in_audit,
        case_version.episode_id,
        case_version.member_id,
        case_version.line_of_business,
        case_version.policy_id,
        case_version.policy_version,
        case_version.anchor_date,
        case_version.last_event_date,
        case_version.episode_kind,
        case_version.event_stage,
        case_version.outcome,
        case_version.outcome_reason,
        case_version.exclusion_reasons,
        case_version.diagnosis_class,
        case_version.billed_diagnoses,
        case_version.index_codes,
        case_version.claim_ids,
        case_version.index_claim_ids,
        case_version.paid_amount,
        case_version.allowed_amount,
        case_version.payment_stage,
        case_version.enrolled_days,
        case_version.enrollment_complete,
        case_version.drugs_visible,
        case_version.prior_authorization_state,
        case_version.notes,
        case_version.priority_score,
        case_version.next_step,
        case_version.evidence_digest,
        case_version.evidence_parts
    from run_facts.case_version
)

select * from final
