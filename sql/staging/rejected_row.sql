-- One row per rule broken by a set-aside row that names a candidate member, or names no member but a candidate's claim.
--
-- It is told where a case is looked at. A row that came again right is left out: a later delivery has a claim line or
-- a fill of that member, claim and line.

with

owned as (
    select
        rejected_row.* exclude (member_id),
        candidate_identifier.member_id
    from kept.rejected_row
    inner join staging.candidate_identifier
        on rejected_row.member_id = candidate_identifier.delivered_member_id
    union all by name
    select
        rejected_row.* exclude (member_id),
        cast(null as varchar) as member_id
    from kept.rejected_row
    inner join staging.candidate_claim
        on rejected_row.claim_id = candidate_claim.claim_id
    where rejected_row.member_id is null
),

loaded as (
    select
        'medical_claim' as table_name,
        medical_claim.member_id,
        medical_claim.claim_id,
        coalesce(nullif(ltrim(medical_claim.claim_line_number, '0'), ''), '0') as line_key,
        max(medical_claim.delivery_number) as delivery_number
    from staging.medical_claim
    group by all
    union all
    select
        'pharmacy_claim' as table_name,
        pharmacy_claim.member_id,
        pharmacy_claim.claim_id,
        coalesce(nullif(ltrim(pharmacy_claim.claim_line_number, '0'), ''), '0') as line_key,
        max(pharmacy_claim.delivery_number) as delivery_number
    from staging.pharmacy_claim
    group by all
),

final as (
    select owned.*
    from owned
    left join loaded
        on
            owned.table_name = loaded.table_name
            and owned.member_id = loaded.member_id
            and owned.claim_id = loaded.claim_id
            and coalesce(nullif(ltrim(owned.claim_line_number, '0'), ''), '0') = loaded.line_key
            and owned.delivery_number < loaded.delivery_number
    where loaded.claim_id is null
)

select * from final
