-- One row per difference (one at most) between the dollars of all episodes and those of their counting lines.
--
-- Law: the dollars of episodes are those of their counting lines, each line once

with

owned_claim as (
    select
        listed_claim.member_id,
        listed_claim.claim_id
    from (
        select
            episode_review.member_id,
            unnest(episode_review.claim_ids) as claim_id
        from audit.episode_review
    ) as listed_claim
    group by listed_claim.member_id, listed_claim.claim_id
),

counted as (
    select coalesce(sum(counting_line.paid_amount), 0) as dollars
    from owned_claim
    inner join intermediate.counting_line
        on
            owned_claim.member_id = counting_line.member_id
            and owned_claim.claim_id = counting_line.claim_id
),

reviewed as (
    select coalesce(sum(episode_review.paid_amount), 0) as dollars
    from audit.episode_review
),

final as (
    select
        reviewed.dollars as reviewed_dollars,
        counted.dollars as counted_dollars
    from reviewed
    cross join counted
    where reviewed.dollars <> counted.dollars
)

select * from final
