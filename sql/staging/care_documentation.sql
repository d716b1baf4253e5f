-- One row per delivered statement about the care of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
with

history as (
    select care_documentation.*
    from landed.care_documentation
    inner join staging.candidate_member
        on care_documentation.member_id = candidate_member.member_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.document_id,
                history.member_id,
                history.modality,
                history.outcome,
                history.document_date,
                history.start_date,
                history.end_date,
                history.visit_count,
                history.author_role,
                history.source_type,
                history.source_reference
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.document_id,
        numbered.member_id,
        numbered.modality,
        numbered.outcome,
        numbered.document_date,
        numbered.start_date,
        numbered.end_date,
        numbered.visit_count,
        numbered.author_role,
        numbered.source_type,
        numbered.source_reference,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final
