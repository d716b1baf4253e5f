-- One row per episode whose dollars are not those of the counting lines of its claims.
--
-- Law: the dollars of episodes are those of their counting lines, each line once, and unknown where one is unknown
--
-- A line of an interim bill that repeats another bill's line is left out. A claim listed by two episodes is given to
-- one of them, so that the other does not add up.

with

owned_claim as (
    select
        listed_claim.member_id,
        listed_claim.claim_id,
        min(listed_claim.episode_id) as episode_id
    from (
        select
            episode_review.episode_id,
            episode_review.member_id,
            unnest(episode_review.claim_ids) as claim_id
        from audit.episode_review
    ) as listed_claim
    group by listed_claim.member_id, listed_claim.claim_id
),

repeated_line as (
    select
        event_dollar_line.member_id,
        event_dollar_line.claim_id,
        event_dollar_line.line_key
    from intermediate.event_dollar_line
    where event_dollar_line.is_repeated_interim
),

counted as (
    select
        owned_claim.episode_id,
        case when count(*) = count(counting_line.paid_amount) then sum(counting_line.paid_amount) end as dollars
    from owned_claim
    inner join intermediate.counting_line
        on
            owned_claim.member_id = counting_line.member_id
            and owned_claim.claim_id = counting_line.claim_id
    left join repeated_line
        on
            counting_line.member_id = repeated_line.member_id
            and counting_line.claim_id = repeated_line.claim_id
            and counting_line.line_key = repeated_line.line_key
    where repeated_line.line_key is null
    group by owned_claim.episode_id
),

reviewed as (
    select
        episode_review.episode_id,
        case when count(*) = count(episode_review.paid_amount) then sum(episode_review.paid_amount) end as dollars
    from audit.episode_review
    group by episode_review.episode_id
),

final as (
    select
        reviewed.episode_id,
        reviewed.dollars as reviewed_dollars,
        counted.dollars as counted_dollars
    from reviewed
    left join counted
        on reviewed.episode_id = counted.episode_id
    where reviewed.dollars is distinct from case when counted.episode_id is null then 0 else counted.dollars end
)

select * from final
