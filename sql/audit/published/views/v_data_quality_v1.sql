-- One row per check of this run on delivered data, and per file, column and rule of mended values; counts, no value.

with

final as (
    select
        data_quality.table_name,
        data_quality.check_name,
        data_quality.severity,
        data_quality.status,
        data_quality.failed_count,
        data_quality.total_count,
        data_quality.description,
        data_quality.consequence,
        data_quality.file_name,
        data_quality.column_name
    from data_quality
)

select * from final
order by table_name asc, check_name asc, file_name asc, column_name asc
