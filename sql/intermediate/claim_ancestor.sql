-- One row per claim and earlier claim it names, directly or along the chain of original_claim_id.
--
-- Chains run within a member, through denied and pending replacements alike, and end at a void, whose naming replaces
-- nothing; a claim that names itself, or a claim that is not in the data, has no link. A claim that is its own
-- ancestor stands in a ring (rule, section 2.3).

with recursive

link as (
    select
        claim_version.member_id,
        claim_version.claim_id,
        claim_version.original_claim_id
    from intermediate.claim_version
    inner join intermediate.claim_version as original
        on
            claim_version.member_id = original.member_id
            and claim_version.original_claim_id = original.claim_id
    where
        claim_version.claim_frequency_code = '7'
        and claim_version.original_claim_id <> claim_version.claim_id
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
