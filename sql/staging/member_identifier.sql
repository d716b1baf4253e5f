-- One row per previous member identifier, with the identifier that its member has now.
--
-- Chains are followed to their end, over all deliveries together. A ring or two ends refuse the delivery when it lands.
--
-- See docs/contract.md 1.1.

with recursive

link as (
    select
        member_crosswalk.previous_member_id,
        member_crosswalk.member_id
    from landed.member_crosswalk
    group by member_crosswalk.previous_member_id, member_crosswalk.member_id
),

chain as (
    select
        link.previous_member_id,
        link.member_id
    from link
    union
    select
        chain.previous_member_id,
        link.member_id
    from chain
    inner join link
        on chain.member_id = link.previous_member_id
),

final as (
    select
        chain.previous_member_id,
        min(chain.member_id) as member_id
    from chain
    where chain.member_id not in (select link.previous_member_id from link)
    group by chain.previous_member_id
)

select * from final
