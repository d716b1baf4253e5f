-- One row per claim identifier of a candidate that stands under two members or more in all claim lines loaded.
--
-- Lines of everybody and in whatever state are asked, for a number says whose a row is only where it is one member's; a
-- person under two identifiers is one member.
--
-- See docs/rule.md 1.2.

with

delivered as (
    select
        claim_number.claim_id,
        claim_number.member_id
    from kept.claim_number
    inner join staging.candidate_claim
        on claim_number.claim_id = candidate_claim.claim_id
    group by claim_number.claim_id, claim_number.member_id
),

final as (
    select delivered.claim_id
    from delivered
    left join staging.member_identifier
        on delivered.member_id = member_identifier.previous_member_id
    group by delivered.claim_id
    having count(distinct coalesce(member_identifier.member_id, delivered.member_id)) > 1
)

select * from final
