-- One row per delivered diagnosis of a claim with a counting line, in rows of its own or in columns of a final line.
--
-- A row that names a member is that member's alone; one that names none goes by its claim identifier, and of a shared
-- number belongs to nobody (is_unowned). Columns are those of the final lines of the member's claim, whatever their
-- status; a blank one names nothing.
--
-- See docs/rule.md 1.2, 2.2.

with

long_form as (
    select
        claim.member_id,
        claim.claim_id,
        claim_diagnosis.diagnosis_rank,
        claim_diagnosis.diagnosis_code,
        claim_diagnosis.diagnosis_code_type,
        cast(null as varchar) as claim_line_number,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row,
        false as is_in_columns,
        claim_diagnosis.member_id is null and shared_claim_number.claim_id is not null as is_unowned
    from staging.claim_diagnosis
    inner join intermediate.claim
        on
            claim_diagnosis.claim_id = claim.claim_id
            and coalesce(claim_diagnosis.member_id, claim.member_id) = claim.member_id
    left join staging.shared_claim_number
        on claim_diagnosis.claim_id = shared_claim_number.claim_id
),

wide_form as (
    select
        final_line.member_id,
        final_line.claim_id,
        unnest(range(1, 26)) as diagnosis_rank,
        unnest([
            medical_claim.diagnosis_code_1,
            medical_claim.diagnosis_code_2,
            medical_claim.diagnosis_code_3,
            medical_claim.diagnosis_code_4,
            medical_claim.diagnosis_code_5,
            medical_claim.diagnosis_code_6,
            medical_claim.diagnosis_code_7,
            medical_claim.diagnosis_code_8,
            medical_claim.diagnosis_code_9,
            medical_claim.diagnosis_code_10,
            medical_claim.diagnosis_code_11,
            medical_claim.diagnosis_code_12,
            medical_claim.diagnosis_code_13,
            medical_claim.diagnosis_code_14,
            medical_claim.diagnosis_code_15,
            medical_claim.diagnosis_code_16,
            medical_claim.diagnosis_code_17,
            medical_claim.diagnosis_code_18,
            medical_claim.diagnosis_code_19,
            medical_claim.diagnosis_code_20,
            medical_claim.diagnosis_code_21,
            medical_claim.diagnosis_code_22,
            medical_claim.diagnosis_code_23,
            medical_claim.diagnosis_code_24,
            medical_claim.diagnosis_code_25
        ]) as diagnosis_code,
        medical_claim.diagnosis_code_type,
        final_line.claim_line_number,
        final_line.delivery_number,
        final_line.file_number,
        final_line.source_row,
        true as is_in_columns,
        false as is_unowned
    from intermediate.final_line
    inner join staging.medical_claim
        on
            final_line.member_id = medical_claim.member_id
            and final_line.claim_id = medical_claim.claim_id
            and final_line.claim_line_number = medical_claim.claim_line_number
            and final_line.delivery_number = medical_claim.delivery_number
            and final_line.file_number = medical_claim.file_number
            and final_line.source_row = medical_claim.source_row
    inner join intermediate.claim
        on
            final_line.member_id = claim.member_id
            and final_line.claim_id = claim.claim_id
    where
        coalesce(
            medical_claim.diagnosis_code_1,
            medical_claim.diagnosis_code_2,
            medical_claim.diagnosis_code_3,
            medical_claim.diagnosis_code_4,
            medical_claim.diagnosis_code_5,
            medical_claim.diagnosis_code_6,
            medical_claim.diagnosis_code_7,
            medical_claim.diagnosis_code_8,
            medical_claim.diagnosis_code_9,
            medical_claim.diagnosis_code_10,
            medical_claim.diagnosis_code_11,
            medical_claim.diagnosis_code_12,
            medical_claim.diagnosis_code_13,
            medical_claim.diagnosis_code_14,
            medical_claim.diagnosis_code_15,
            medical_claim.diagnosis_code_16,
            medical_claim.diagnosis_code_17,
            medical_claim.diagnosis_code_18,
            medical_claim.diagnosis_code_19,
            medical_claim.diagnosis_code_20,
            medical_claim.diagnosis_code_21,
            medical_claim.diagnosis_code_22,
            medical_claim.diagnosis_code_23,
            medical_claim.diagnosis_code_24,
            medical_claim.diagnosis_code_25
        ) is not null
),

final as (
    select * from long_form
    union all
    select * from wide_form
    where wide_form.diagnosis_code is not null
)

select * from final
