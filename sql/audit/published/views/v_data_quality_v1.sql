-- One row per check of this run on delivered data, with counts and never a value.

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
        data_quality.consequence
    from data_quality
)

select * from final
order by table_name asc, check_name asc
