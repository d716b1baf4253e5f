-- One row per flagged episode, and per decided case that left the list: where its review stands.
--
-- new: flagged for the first time in this run; open: flagged before, no outcome in force; decided: an outcome is in
-- force and the evidence is what the reviewer saw; returned: the evidence changed since, and changed says what.

with

final as (
    select
        case_status.case_id,
        case_status.episode_id,
        case_status.case_status,
        case_status.changed,
        case_status.is_flagged,
        case_status.evidence_digest,
        case_status.evidence_parts,
        case_status.first_flagged_date,
        case_status.age_days,
        case_status.assignee,
        case_status.decision_id,
        case_status.review_outcome,
        case_status.review_reason,
        case_status.review_note,
        case_status.reviewer,
        case_status.reviewer_credential,
        case_status.licence_state,
        case_status.decided_on,
        case_status.appeal_outcome,
        case_status.payment_action
    from run_facts.case_status
)

select * from final
