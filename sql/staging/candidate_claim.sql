-- One row per claim identifier of a candidate member.
--
-- Diagnoses and procedure rows are delivered by claim identifier alone.

with

final as (
    select medical_claim.claim_id
    from staging.medical_claim
    group by medical_claim.claim_id
)

select * from final
