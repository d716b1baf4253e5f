-- One row per rule that a set-aside delivered row broke; set-aside rows take no part in the audit.
--
-- See docs/contract.md 1.2.

with

final as (
    select
        rejected_row.delivery_number,
        rejected_row.file_number,
        rejected_row.file_name,
        rejected_row.table_name,
        rejected_row.source_row,
        rejected_row.column_name,
        rejected_row.rule,
        rejected_row.message
    from landed.rejected_row
)

select * from final
