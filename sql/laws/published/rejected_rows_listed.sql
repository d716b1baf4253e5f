-- One row per file and table whose set-aside rows are counted and not listed, or listed and not counted.
--
-- Law: rows set aside are listed, for every file

with

counted as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        delivered_file.table_name
    from delivered_file
    where
        delivered_file.fate = 'landed'
        and delivered_file.rejected_count > 0
),

listed as (
    select
        rejected_row.delivery_number,
        rejected_row.file_number,
        rejected_row.table_name
    from rejected_row
    group by rejected_row.delivery_number, rejected_row.file_number, rejected_row.table_name
),

final as (
    select
        coalesce(counted.delivery_number, listed.delivery_number) as delivery_number,
        coalesce(counted.file_number, listed.file_number) as file_number,
        coalesce(counted.table_name, listed.table_name) as table_name
    from counted
    full join listed
        on
            counted.delivery_number = listed.delivery_number
            and counted.file_number = listed.file_number
            and counted.table_name = listed.table_name
    where counted.table_name is null or listed.table_name is null
)

select * from final
