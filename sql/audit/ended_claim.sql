-- One row per claim that a full delivery ended, of any member: it lacks the claim, which no longer counts.

with

final as (
    select
        ended_claim.member_id,
        ended_claim.claim_id,
        ended_claim.delivery_number,
        ended_claim.ended_by_delivery_number,
        ended_claim.first_service_date,
        ended_claim.last_service_date,
        cast(ended_claim.line_count as integer) as line_count
    from staging.ended_claim
    order by ended_claim.member_id, ended_claim.claim_id
)

select * from final
