-- One row per episode of the run: what the history keeps of its case, with the digest of its evidence.

with

identity as (
    select
        case_claim.episode_id,
        list(case_claim.claim_id order by case_claim.claim_id) as index_claim_ids
    from intermediate.case_claim
    group by case_claim.episode_id
),

final as (
    select
        episode_review.case_id,
        episode_review.episode_id,
        episode_review.member_id,
        episode_review.line_of_business,
        episode_review.policy_id,
        episode_review.policy_version,
        episode_review.anchor_date,
        episode_review.last_event_date,
        episode_review.episode_kind,
        episode_review.event_stage,
        episode_review.outcome,
        episode_review.outcome_reason,
        episode_review.exclusion_reasons,
        episode_review.diagnosis_class,
        episode_review.billed_diagnoses,
        episode_review.index_codes,
        episode_review.claim_ids,
        identity.index_claim_ids,
        episode_review.paid_amount,
        episode_review.allowed_amount,
        episode_review.payment_stage,
        episode_review.enrolled_days,
        episode_review.enrollment_complete,
        episode_review.drugs_visible,
        episode_review.prior_authorization_state,
        episode_review.notes,
        episode_review.priority_score,
        episode_review.next_step,
        evidence.evidence_digest,
        evidence.evidence_parts
    from audit.episode_review
    inner join identity
        on episode_review.episode_id = identity.episode_id
    inner join history.evidence
        on episode_review.episode_id = evidence.episode_id
)

select * from final
order by final.case_id
