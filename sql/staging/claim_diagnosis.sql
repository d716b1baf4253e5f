-- One row per delivered diagnosis rank of a candidate claim, long form.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
with

history as (
    select claim_diagnosis.*
    from landed.claim_diagnosis
    inner join staging.candidate_claim
        on claim_diagnosis.claim_id = candidate_claim.claim_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.claim_id,
                history.diagnosis_rank,
                history.diagnosis_code,
                history.diagnosis_code_type,
                history.present_on_admit_code
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
        numbered.diagnosis_rank,
        numbered.diagnosis_code,
        numbered.diagnosis_code_type,
        numbered.present_on_admit_code,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final
