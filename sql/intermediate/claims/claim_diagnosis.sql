-- One row per diagnosis rank of a claim with a counting line.
--
-- Long rows go by claim identifier; wide columns are those of the final lines of the member's claim. Of rows that
-- name one rank of a claim differently the last delivered wins (a blank long row empties its rank). A blank type is
-- ICD-10 from icd_10_from on, by the claim's coding date (rule, sections 1 and 2.2).

with

long_form as (
    select
        claim.member_id,
        claim.claim_id,
        claim_diagnosis.diagnosis_rank,
        claim_diagnosis.diagnosis_code,
        claim_diagnosis.diagnosis_code_type,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from staging.claim_diagnosis
    inner join intermediate.claim
        on claim_diagnosis.claim_id = claim.claim_id
),

wide_form as (
    select
        final_line.member_id,
        final_line.claim_id,
        unnest(range(1, 26)) as diagnosis_rank,
        unnest([
            final_line.diagnosis_code_1,
            final_line.diagnosis_code_2,
            final_line.diagnosis_code_3,
            final_line.diagnosis_code_4,
            final_line.diagnosis_code_5,
            final_line.diagnosis_code_6,
            final_line.diagnosis_code_7,
            final_line.diagnosis_code_8,
            final_line.diagnosis_code_9,
            final_line.diagnosis_code_10,
            final_line.diagnosis_code_11,
            final_line.diagnosis_code_12,
            final_line.diagnosis_code_13,
            final_line.diagnosis_code_14,
            final_line.diagnosis_code_15,
            final_line.diagnosis_code_16,
            final_line.diagnosis_code_17,
            final_line.diagnosis_code_18,
            final_line.diagnosis_code_19,
            final_line.diagnosis_code_20,
            final_line.diagnosis_code_21,
            final_line.diagnosis_code_22,
            final_line.diagnosis_code_23,
            final_line.diagnosis_code_24,
            final_line.diagnosis_code_25
        ]) as diagnosis_code,
        final_line.diagnosis_code_type,
        final_line.delivery_number,
        final_line.file_number,
        final_line.source_row
    from intermediate.final_line
    inner join intermediate.claim
        on
            final_line.member_id = claim.member_id
            and final_line.claim_id = claim.claim_id
),

delivered as (
    select * from long_form
    union all
    select * from wide_form
    where wide_form.diagnosis_code is not null
),

numbered as (
    select
        delivered.*,
        row_number() over (
            partition by delivered.member_id, delivered.claim_id, delivered.diagnosis_rank
            order by delivered.delivery_number desc, delivered.file_number desc, delivered.source_row desc
        ) as copy_number
    from delivered
),

final as (
    select
        numbered.member_id,
        numbered.claim_id,
        numbered.diagnosis_rank,
        numbered.diagnosis_code,
        coalesce(
            numbered.diagnosis_code_type,
            case when claim.coding_date >= default_policy.icd_10_from then 'icd-10-cm' else 'icd-9-cm' end
        ) as code_system,
        claim.claim_date,
        claim.coding_date
    from numbered
    inner join intermediate.claim
        on
            numbered.member_id = claim.member_id
            and numbered.claim_id = claim.claim_id
    cross join policies.default_policy
    where
        numbered.copy_number = 1
        and numbered.diagnosis_code is not null
)

select * from final
