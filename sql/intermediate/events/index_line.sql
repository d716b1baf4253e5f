-- One row per index line: a counting line or procedure row that opens an implantation event.
--
-- Codes that open one only with low back pain (generators used for many purposes, peripheral leads of ICD-10-PCS) need
-- a billed diagnosis in lbp_unspecified; on a claim of a shared number with a diagnosis row that belongs to nobody they
-- open as if it were there.
--
-- See docs/rule.md 3.1.

with

billed_back_pain as (
    select
        billed_diagnosis.member_id,
        billed_diagnosis.claim_id,
        billed_diagnosis.source_table,
        billed_diagnosis.source_key,
        count(*) as diagnosis_count
    from intermediate.billed_diagnosis
    inner join intermediate.back_diagnosis
        on
            billed_diagnosis.member_id = back_diagnosis.member_id
            and billed_diagnosis.claim_id = back_diagnosis.claim_id
            and billed_diagnosis.diagnosis_rank = back_diagnosis.diagnosis_rank
            and back_diagnosis.value_set = 'lbp_unspecified'
    cross join policies.default_policy
    where
        back_diagnosis.specificity = 'unspecified'
        or (back_diagnosis.specificity = 'other_lbp' and default_policy.include_other_low_back_pain)
    group by
        billed_diagnosis.member_id,
        billed_diagnosis.claim_id,
        billed_diagnosis.source_table,
        billed_diagnosis.source_key
),

final as (
    select
        device_service.*,
        list_has_any(
            device_service.modifiers,
            (
                select list(discontinued_procedure.code order by discontinued_procedure.row_number)
                from value_sets.discontinued_procedure
            )
        ) as is_discontinued
    from intermediate.device_service
    left join billed_back_pain
        on
            device_service.member_id = billed_back_pain.member_id
            and device_service.claim_id = billed_back_pain.claim_id
            and device_service.source_table = billed_back_pain.source_table
            and device_service.source_key = billed_back_pain.source_key
    left join intermediate.shared_claim
        on
            device_service.member_id = shared_claim.member_id
            and device_service.claim_id = shared_claim.claim_id
    where
        device_service.opens_event = 'yes'
        or (
            device_service.opens_event = 'with_low_back_pain_diagnosis'
            and (
                billed_back_pain.diagnosis_count is not null
                or shared_claim.claim_id is not null
            )
        )
)

select * from final
