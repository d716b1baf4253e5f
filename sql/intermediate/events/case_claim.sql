-- One row per episode and claim by which its case is known again: its index claims, and the claims these replaced.
--
-- A replacement has another claim_id than its original, and is the same case all the same.
--
-- See docs/contract.md 2.1.

with

index_claim as (
    select
        episode_index_line.episode_id,
        episode_index_line.member_id,
        episode_index_line.claim_id
    from intermediate.episode_index_line
    group by episode_index_line.episode_id, episode_index_line.member_id, episode_index_line.claim_id
),

final as (
    select
        index_claim.episode_id,
        index_claim.member_id,
        index_claim.claim_id
    from index_claim
    union
    select
        index_claim.episode_id,
        index_claim.member_id,
        claim_ancestor.ancestor_claim_id as claim_id
    from index_claim
    inner join intermediate.claim_ancestor
        on
            index_claim.member_id = claim_ancestor.member_id
            and index_claim.claim_id = claim_ancestor.claim_id
)

select * from final
order by final.episode_id, final.claim_id
