-- One row per table (column_name blank) and per column of this file, with its meaning.

with

final as (
    select
        published_column.table_name,
        published_column.column_name,
        published_column.column_position,
        published_column.data_type,
        published_column.meaning,
        published_column.unit_or_code_system,
        published_column.sensitivity
    from run_facts.published_column
)

select * from final
