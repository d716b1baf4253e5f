-- One row per month of service with claim lines of members who have no row of eligibility.
--
-- Where a member changed identifiers and no crosswalk came, the older claims look like these.

with

enrolled as (
    select coalesce(member_identifier.member_id, eligibility.member_id) as member_id
    from landed.eligibility
    left join staging.member_identifier
        on eligibility.member_id = member_identifier.previous_member_id
    group by coalesce(member_identifier.member_id, eligibility.member_id)
),

final as (
    select
        cast(date_trunc('month', medical_claim.claim_line_start_date) as date) as month_start_date,
        count(*) as line_count,
        max(medical_claim.delivery_number) as delivery_number
    from landed.medical_claim
    left join staging.member_identifier
        on medical_claim.member_id = member_identifier.previous_member_id
    where
        coalesce(member_identifier.member_id, medical_claim.member_id) not in (
            select enrolled.member_id from enrolled
        )
    group by cast(date_trunc('month', medical_claim.claim_line_start_date) as date)
)

select * from final
