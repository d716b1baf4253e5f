-- One row per claim and earlier claim it names, directly or along the chain of original_claim_id.
--
-- Chains run within a member, through denied and pending replacements alike, and end at a void, whose naming replaces
-- nothing; a claim that names itself, or a claim that is not in the data, has no link. A claim that is its own ancestor
-- stands in a ring.
--
-- See docs/rule.md 2.3.

with recursive

link as (
    select
        claim_original.member_id,
        claim_original.claim_id,
        claim_original.original_claim_id
    from intermediate.claim_original
    where
        claim_original.claim_frequency_code = '7'
        and claim_original.is_in_data
),

chain as (
    select
        link.member_id,
        link.claim_id,
        link.original_claim_id as ancestor_claim_id
    from link
    union
    select
        chain.member_id,
        chain.claim_id,
        link.original_claim_id as ancestor_claim_id
    from chain
    inner join link
        on
            chain.member_id = link.member_id
            and chain.ancestor_claim_id = link.claim_id
),

final as (
    select * from chain
)

select * from final
