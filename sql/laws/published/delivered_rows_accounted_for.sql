-- One row per landed file and table whose delivered rows are not all accounted for.
--
-- Law: rows delivered = rows loaded + repeats + rows set aside, for every file

with

final as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        delivered_file.table_name
    from delivered_file
    where
        delivered_file.fate = 'landed'
        and delivered_file.row_count
        is distinct from delivered_file.loaded_count + delivered_file.repeat_count + delivered_file.rejected_count
)

select * from final
