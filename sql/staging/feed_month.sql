-- One row per feed that has a reach and month: its rows loaded that are dated not after the run date.
--
-- See docs/rule.md 8.1.

with

final as (
    select
        feed_day.table_name,
        cast(date_trunc('month', feed_day.row_date) as date) as month_start_date,
        cast(sum(feed_day.row_count) as bigint) as row_count,
        max(feed_day.row_date) as newest_date
    from kept.feed_day
    cross join run_facts.run_given
    where feed_day.row_date <= run_given.as_of_date
    group by feed_day.table_name, cast(date_trunc('month', feed_day.row_date) as date)
)

select * from final
