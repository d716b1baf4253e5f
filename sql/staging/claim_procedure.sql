-- One row per delivered procedure rank of a candidate claim.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
with

history as (
    select claim_procedure.*
    from landed.claim_procedure
    inner join staging.candidate_claim
        on claim_procedure.claim_id = candidate_claim.claim_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.claim_id,
                history.procedure_rank,
                history.procedure_code,
                history.procedure_code_type,
                history.procedure_date
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.claim_id,
        numbered.procedure_rank,
        numbered.procedure_code,
        numbered.procedure_code_type,
        numbered.procedure_date,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final
