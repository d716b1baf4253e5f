-- One row per procedure rank of a claim with a counting line.
--
-- A row that names a member is that member's alone, one that names none goes by its claim identifier, to each claim of
-- a shared number; columns are those of the final lines of the member's claim, whatever their status. Of rows that name
-- one rank the last delivered wins (a blank row of its own empties the rank, a blank column names nothing). A procedure
-- is dated by its own date, else by its claim; a blank type is ICD-10 from icd_10_from on, by the claim's coding date.
--
-- See docs/rule.md 1.2, 1.3, 2.2.

with

long_form as (
    select
        claim.member_id,
        claim.claim_id,
        claim_procedure.procedure_rank,
        claim_procedure.procedure_code,
        claim_procedure.procedure_code_type,
        claim_procedure.procedure_date,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row
    from staging.claim_procedure
    inner join intermediate.claim
        on
            claim_procedure.claim_id = claim.claim_id
            and coalesce(claim_procedure.member_id, claim.member_id) = claim.member_id
),

wide_form as (
    select
        final_line.member_id,
        final_line.claim_id,
        unnest(range(1, 26)) as procedure_rank,
        unnest([
            medical_claim.procedure_code_1,
            medical_claim.procedure_code_2,
            medical_claim.procedure_code_3,
            medical_claim.procedure_code_4,
            medical_claim.procedure_code_5,
            medical_claim.procedure_code_6,
            medical_claim.procedure_code_7,
            medical_claim.procedure_code_8,
            medical_claim.procedure_code_9,
            medical_claim.procedure_code_10,
            medical_claim.procedure_code_11,
            medical_claim.procedure_code_12,
            medical_claim.procedure_code_13,
            medical_claim.procedure_code_14,
            medical_claim.procedure_code_15,
            medical_claim.procedure_code_16,
            medical_claim.procedure_code_17,
            medical_claim.procedure_code_18,
            medical_claim.procedure_code_19,
            medical_claim.procedure_code_20,
            medical_claim.procedure_code_21,
            medical_claim.procedure_code_22,
            medical_claim.procedure_code_23,
            medical_claim.procedure_code_24,
            medical_claim.procedure_code_25
        ]) as procedure_code,
        medical_claim.procedure_code_type,
        unnest([
            medical_claim.procedure_date_1,
            medical_claim.procedure_date_2,
            medical_claim.procedure_date_3,
            medical_claim.procedure_date_4,
            medical_claim.procedure_date_5,
            medical_claim.procedure_date_6,
            medical_claim.procedure_date_7,
            medical_claim.procedure_date_8,
            medical_claim.procedure_date_9,
            medical_claim.procedure_date_10,
            medical_claim.procedure_date_11,
            medical_claim.procedure_date_12,
            medical_claim.procedure_date_13,
            medical_claim.procedure_date_14,
            medical_claim.procedure_date_15,
            medical_claim.procedure_date_16,
            medical_claim.procedure_date_17,
            medical_claim.procedure_date_18,
            medical_claim.procedure_date_19,
            medical_claim.procedure_date_20,
            medical_claim.procedure_date_21,
            medical_claim.procedure_date_22,
            medical_claim.procedure_date_23,
            medical_claim.procedure_date_24,
            medical_claim.procedure_date_25
        ]) as procedure_date,
        final_line.delivery_number,
        final_line.file_number,
        final_line.source_row
    from intermediate.final_line
    inner join staging.medical_claim
        on
            final_line.member_id = medical_claim.member_id
            and final_line.claim_id = medical_claim.claim_id
            and final_line.claim_line_number = medical_claim.claim_line_number
            and final_line.delivery_number = medical_claim.delivery_number
            and final_line.file_number = medical_claim.file_number
            and final_line.source_row = medical_claim.source_row
    where
        coalesce(
            medical_claim.procedure_code_1,
            medical_claim.procedure_code_2,
            medical_claim.procedure_code_3,
            medical_claim.procedure_code_4,
            medical_claim.procedure_code_5,
            medical_claim.procedure_code_6,
            medical_claim.procedure_code_7,
            medical_claim.procedure_code_8,
            medical_claim.procedure_code_9,
            medical_claim.procedure_code_10,
            medical_claim.procedure_code_11,
            medical_claim.procedure_code_12,
            medical_claim.procedure_code_13,
            medical_claim.procedure_code_14,
            medical_claim.procedure_code_15,
            medical_claim.procedure_code_16,
            medical_claim.procedure_code_17,
            medical_claim.procedure_code_18,
            medical_claim.procedure_code_19,
            medical_claim.procedure_code_20,
            medical_claim.procedure_code_21,
            medical_claim.procedure_code_22,
            medical_claim.procedure_code_23,
            medical_claim.procedure_code_24,
            medical_claim.procedure_code_25
        ) is not null
),

delivered as (
    select * from long_form
    union all
    select * from wide_form
    where wide_form.procedure_code is not null
),

numbered as (
    select
        delivered.*,
        row_number() over (
            partition by delivered.member_id, delivered.claim_id, delivered.procedure_rank
            order by delivered.delivery_number desc, delivered.file_number desc, delivered.source_row desc
        ) as copy_number
    from delivered
),

final as (
    select
        claim.member_id,
        claim.claim_id,
        claim.claim_type,
        not claim.has_standing_line as is_credited_claim,
        cast(numbered.procedure_rank as integer) as procedure_rank,
        numbered.procedure_code,
        coalesce(
            numbered.procedure_code_type,
            case when claim.coding_date >= default_policy.icd_10_from then 'icd-10-pcs' else 'icd-9-pcs' end
        ) as code_system,
        coalesce(numbered.procedure_date, claim.claim_date) as procedure_date,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    inner join intermediate.claim
        on
            numbered.member_id = claim.member_id
            and numbered.claim_id = claim.claim_id
    cross join policies.default_policy
    where
        numbered.copy_number = 1
        and numbered.procedure_code is not null
)

select * from final
