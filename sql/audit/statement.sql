-- One row per open episode and statement about the member's care: valid, or what is missing, in words.

with

final as (
    select
        failure_statement.episode_id,
        failure_statement.document_id,
        failure_statement.modality,
        failure_statement.care_group,
        failure_statement.outcome as documented_outcome,
        failure_statement.document_date,
        failure_statement.start_date,
        failure_statement.end_date,
        failure_statement.visit_count,
        failure_statement.author_role,
        failure_statement.source_type,
        failure_statement.source_reference,
        failure_statement.statement_state,
        failure_statement.missing,
        delivered_file.file_name as source_file,
        failure_statement.source_row
    from intermediate.failure_statement
    left join landed.delivered_file
        on
            failure_statement.delivery_number = delivered_file.delivery_number
            and failure_statement.file_number = delivered_file.file_number
            and delivered_file.table_name = 'care_documentation'
    order by
        failure_statement.episode_id,
        failure_statement.document_date,
        failure_statement.delivery_number,
        failure_statement.file_number,
        failure_statement.source_row
)

select * from final
