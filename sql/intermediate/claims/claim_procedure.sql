-- One row per procedure rank of a claim with a counting line.
--
-- The last delivered row of a rank wins. A row is dated by procedure_date, else by its claim; a blank type is ICD-10
-- from icd_10_from on, by the claim's coding date (rule, sections 1 and 2.2).

with

delivered as (
    select
        claim.member_id,
        claim.claim_id,
        claim.claim_type,
        not claim.has_standing_line as is_credited_claim,
        claim_procedure.procedure_rank,
        claim_procedure.procedure_code,
        coalesce(
            claim_procedure.procedure_code_type,
            case when claim.coding_date >= default_policy.icd_10_from then 'icd-10-pcs' else 'icd-9-pcs' end
        ) as code_system,
        coalesce(claim_procedure.procedure_date, claim.claim_date) as procedure_date,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row,
        row_number() over (
            partition by claim.member_id, claim.claim_id, claim_procedure.procedure_rank
            order by
                claim_procedure.delivery_number desc,
                claim_procedure.file_number desc,
                claim_procedure.source_row desc
        ) as copy_number
    from staging.claim_procedure
    inner join intermediate.claim
        on claim_procedure.claim_id = claim.claim_id
    cross join policies.default_policy
),

final as (
    select delivered.* exclude (copy_number)
    from delivered
    where
        delivered.copy_number = 1
        and delivered.procedure_code is not null
)

select * from final
