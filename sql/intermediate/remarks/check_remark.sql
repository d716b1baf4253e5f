-- One row per episode, delivered row that bears on it and check of the gates that the row fails.
--
-- A line of the look-back that is no evidence is told where its code is malformed: it may be care.
--
-- See docs/contract.md 2.1.

with

final as (
    select
        case_row.episode_id,
        failed_check.check_name as remark,
        case_row.source_table,
        cast([] as varchar[]) as column_names,
        case_row.claim_id,
        case_row.claim_line_number,
        case_row.delivery_number,
        case_row.file_number,
        case_row.source_row,
        failed_check.description
    from intermediate.case_row
    inner join run_facts.failed_check
        on
            case_row.source_table = failed_check.table_name
            and case_row.delivery_number = failed_check.delivery_number
            and case_row.file_number = failed_check.file_number
            and case_row.source_row = failed_check.source_row
    where
        case_row.is_evidence
        or ends_with(failed_check.check_name, '_code_shape')
)

select * from final
