-- One row per claim of a shared number with a diagnosis row that belongs to nobody.
--
-- A number is shared when it stands under two members or more in all claim lines loaded, whatever their state. A
-- diagnosis row without a code says nothing (rule, section 1).

with

candidate_line as (
    select
        medical_claim.claim_id,
        medical_claim.member_id
    from landed.medical_claim
    inner join staging.candidate_claim
        on medical_claim.claim_id = candidate_claim.claim_id
    group by medical_claim.claim_id, medical_claim.member_id
),

shared_number as (
    select candidate_line.claim_id
    from candidate_line
    group by candidate_line.claim_id
    having count(*) > 1
),

final as (
    select
        claim_line_version.member_id,
        claim_line_version.claim_id
    from intermediate.claim_line_version
    inner join shared_number
        on claim_line_version.claim_id = shared_number.claim_id
    inner join staging.claim_diagnosis
        on claim_line_version.claim_id = claim_diagnosis.claim_id
    where claim_diagnosis.diagnosis_code is not null
    group by claim_line_version.member_id, claim_line_version.claim_id
)

select * from final
