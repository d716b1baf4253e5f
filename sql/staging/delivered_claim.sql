-- One row per claim of a candidate member and delivery that holds lines of it: how many lines, and from when.

with

final as (
    select
        candidate_identifier.member_id,
        medical_claim.claim_id,
        medical_claim.delivery_number,
        count(distinct coalesce(nullif(ltrim(medical_claim.claim_line_number, '0'), ''), '0')) as line_count,
        min(medical_claim.claim_line_start_date) as first_service_date,
        max(medical_claim.claim_line_start_date) as last_service_date,
        min(
            struct_pack(file_number := medical_claim.file_number, source_row := medical_claim.source_row)
        ) as first_place
    from kept.medical_claim
    inner join staging.candidate_identifier
        on medical_claim.member_id = candidate_identifier.delivered_member_id
    group by candidate_identifier.member_id, medical_claim.claim_id, medical_claim.delivery_number
)

select * from final
