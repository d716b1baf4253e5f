-- One row per rule that a set-aside delivered row broke; set-aside rows take no part in the audit.
--
-- member_id and claim_id say whose the row is, as far as they could be read.
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
        rejected_row.message,
        rejected_row.member_id,
        rejected_row.claim_id
    from landed.rejected_row
)

select * from final
