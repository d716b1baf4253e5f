-- One row per episode on which the data cannot tell, with what is missing.

with

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
        episode_review.outcome_reason,
        episode_review.diagnosis_class,
        episode_review.billed_diagnoses,
        episode_review.index_codes,
        episode_review.claim_ids,
        episode_review.paid_amount,
        episode_review.allowed_amount,
        episode_review.payment_stage,
        episode_review.notes,
        episode_review.next_step,
        episode_review.run_id,
        episode_review.enrolled_days,
        episode_review.enrollment_complete,
        episode_review.drugs_visible
    from episode_review
    where episode_review.outcome = 'not_assessable'
)

select * from final
order by anchor_date asc, episode_id asc
