-- One row per claim, of any member, that a full delivery ended: it lacks the claim, all of whose lines start in the
-- period that it covers, and nothing of it came since.
--
-- See docs/contract.md 1.7.

with

full_delivery as (
    select
        delivery.delivery_number,
        delivery.covers_from,
        delivery.covers_to
    from landed.delivery
    where delivery.delivery_kind = 'full'
),

asked as (
    select count(*) as delivery_count
    from full_delivery
    having count(*) > 0
),

delivered as (
    select
        coalesce(member_identifier.member_id, medical_claim.member_id) as member_id,
        medical_claim.claim_id,
        max(medical_claim.delivery_number) as delivery_number,
        min(medical_claim.claim_line_start_date) as first_service_date,
        max(medical_claim.claim_line_start_date) as last_service_date,
        count(distinct coalesce(nullif(ltrim(medical_claim.claim_line_number, '0'), ''), '0')) as line_count
    from landed.medical_claim
    cross join asked
    left join staging.member_identifier
        on medical_claim.member_id = member_identifier.previous_member_id
    group by coalesce(member_identifier.member_id, medical_claim.member_id), medical_claim.claim_id
),

final as (
    select
        delivered.member_id,
        delivered.claim_id,
        delivered.delivery_number,
        min(full_delivery.delivery_number) as ended_by_delivery_number,
        delivered.first_service_date,
        delivered.last_service_date,
        delivered.line_count
    from delivered
    inner join full_delivery
        on
            delivered.delivery_number < full_delivery.delivery_number
            and delivered.first_service_date >= full_delivery.covers_from
            and delivered.last_service_date <= full_delivery.covers_to
    group by all
)

select * from final
