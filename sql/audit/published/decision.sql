-- One row per decision that a named person recorded, in the order of recording; decisions are added, never changed.
--
-- The decision in force of a case is its last row of decision_kind review. evidence_digest is what the reviewer saw.

with

final as (
    select
        decision.decision_id,
        decision.import_number,
        decision.import_row,
        decision.decision_kind,
        decision.case_id,
        decision.episode_id,
        decision.review_outcome,
        decision.review_reason,
        decision.review_note,
        decision.assignee,
        decision.reviewer,
        decision.reviewer_credential,
        decision.licence_state,
        decision.decided_on,
        decision.replaces_decision_id,
        decision.evidence_digest,
        decision.evidence_parts,
        decision.seen_run_id,
        decision.run_id,
        decision.outcome,
        decision.outcome_reason,
        decision.policy_id,
        decision.policy_version,
        decision.anchor_date,
        decision.paid_amount,
        decision.priority_score,
        decision.first_flagged_date,
        decision.recorded_at_utc,
        decision.recorded_by,
        decision.import_sha256
    from run_facts.decision
)

select * from final
