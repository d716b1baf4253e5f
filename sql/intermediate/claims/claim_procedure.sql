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
            final_line.procedure_code_1,
            final_line.procedure_code_2,
            final_line.procedure_code_3,
            final_line.procedure_code_4,
            final_line.procedure_code_5,
            final_line.procedure_code_6,
            final_line.procedure_code_7,
            final_line.procedure_code_8,
            final_line.procedure_code_9,
            final_line.procedure_code_10,
            final_line.procedure_code_11,
            final_line.procedure_code_12,
            final_line.procedure_code_13,
            final_line.procedure_code_14,
            final_line.procedure_code_15,
            final_line.procedure_code_16,
            final_line.procedure_code_17,
            final_line.procedure_code_18,
            final_line.procedure_code_19,
            final_line.procedure_code_20,
            final_line.procedure_code_21,
            final_line.procedure_code_22,
            final_line.procedure_code_23,
            final_line.procedure_code_24,
            final_line.procedure_code_25
        ]) as procedure_code,
        final_line.procedure_code_type,
        unnest([
            final_line.procedure_date_1,
            final_line.procedure_date_2,
            final_line.procedure_date_3,
            final_line.procedure_date_4,
            final_line.procedure_date_5,
            final_line.procedure_date_6,
            final_line.procedure_date_7,
            final_line.procedure_date_8,
            final_line.procedure_date_9,
            final_line.procedure_date_10,
            final_line.procedure_date_11,
            final_line.procedure_date_12,
            final_line.procedure_date_13,
            final_line.procedure_date_14,
            final_line.procedure_date_15,
            final_line.procedure_date_16,
            final_line.procedure_date_17,
            final_line.procedure_date_18,
            final_line.procedure_date_19,
            final_line.procedure_date_20,
            final_line.procedure_date_21,
            final_line.procedure_date_22,
            final_line.procedure_date_23,
            final_line.procedure_date_24,
            final_line.procedure_date_25
        ]) as procedure_date,
        final_line.delivery_number,
        final_line.file_number,
        final_line.source_row
    from intermediate.final_line
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
