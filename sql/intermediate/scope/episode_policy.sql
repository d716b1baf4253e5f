-- One row per episode: its line of business, the policy in force on the anchor date and all its parameters.
--
-- The line of business is that of the enrolment span covering the anchor, the one that starts last, then by name; else
-- of the episode's first claim by date and identifier. A policy assigned to the line of business governs when it is in
-- force on the anchor date; otherwise the fallback does.
--
-- See docs/rule.md 9.

with

span_line_of_business as (
    select
        episode.episode_id,
        enrollment_span.line_of_business,
        row_number() over (
            partition by episode.episode_id
            order by enrollment_span.enrollment_start_date desc, enrollment_span.line_of_business asc
        ) as choice_number
    from intermediate.episode
    inner join intermediate.enrollment_span
        on
            episode.member_id = enrollment_span.member_id
            and episode.anchor_date >= enrollment_span.enrollment_start_date
            and episode.anchor_date <= enrollment_span.enrollment_end_date
    where enrollment_span.line_of_business is not null
),

claim_line_of_business as (
    select
        episode_claim.episode_id,
        claim.line_of_business,
        row_number() over (
            partition by episode_claim.episode_id
            order by claim.claim_date, claim.claim_id
        ) as choice_number
    from intermediate.episode_claim
    inner join intermediate.claim
        on
            episode_claim.member_id = claim.member_id
            and episode_claim.claim_id = claim.claim_id
),

chosen_line_of_business as (
    select
        episode.episode_id,
        episode.anchor_date,
        coalesce(span_line_of_business.line_of_business, claim_line_of_business.line_of_business) as line_of_business
    from intermediate.episode
    left join span_line_of_business
        on
            episode.episode_id = span_line_of_business.episode_id
            and span_line_of_business.choice_number = 1
    left join claim_line_of_business
        on
            episode.episode_id = claim_line_of_business.episode_id
            and claim_line_of_business.choice_number = 1
),

assigned_policy as (
    select
        chosen_line_of_business.episode_id,
        policy.policy_id
    from chosen_line_of_business
    inner join policies.line_of_business_policy
        on
            regexp_replace(lower(trim(chosen_line_of_business.line_of_business)), '[\s-]+', '_', 'g')
            = line_of_business_policy.line_of_business
    inner join policies.policy
        on
            line_of_business_policy.policy_id = policy.policy_id
            and chosen_line_of_business.anchor_date between policy.first_valid_date and policy.last_valid_date
),

final as (
    select
        chosen_line_of_business.episode_id,
        chosen_line_of_business.line_of_business,
        policy.* exclude (first_valid_date, last_valid_date)
    from chosen_line_of_business
    cross join policies.fallback_policy
    left join assigned_policy
        on chosen_line_of_business.episode_id = assigned_policy.episode_id
    inner join policies.policy
        on coalesce(assigned_policy.policy_id, fallback_policy.policy_id) = policy.policy_id
)

select * from final
