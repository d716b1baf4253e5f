-- One row per delivered file and table made of it, of all deliveries, with its rows accounted for.
--
-- See docs/contract.md 1.2.

with

final as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        delivered_file.file_name,
        delivered_file.table_name,
        delivered_file.layout,
        delivered_file.bytes,
        delivered_file.sha256,
        delivered_file.row_count,
        delivered_file.loaded_count,
        delivered_file.repeat_count,
        delivered_file.rejected_count,
        delivered_file.unknown_columns,
        delivered_file.fate
    from landed.delivered_file
)

select * from final
