-- One row per feed and run of days that it can speak of, both ends in: the reach of the feed.
--
-- As the configuration says; else found, where at least reach_min_rows rows are loaded: the usual size is the largest
-- number of rows such that months of at least that many hold at least half of all rows, a month is busy with at least
-- reach_busy_share of it, and the reach is the days of the busy months, none later than the newest row. Else all days.
--
-- See docs/rule.md 8.1.

with

feed as (
    select unnest(['medical_claim', 'pharmacy_claim']) as table_name
),

feed_total as (
    select
        feed_month.table_name,
        sum(feed_month.row_count) as row_count,
        max(feed_month.newest_date) as newest_date
    from staging.feed_month
    left join run_facts.reach_given
        on feed_month.table_name = reach_given.table_name
    cross join policies.default_policy
    where reach_given.table_name is null
    group by feed_month.table_name, default_policy.reach_min_rows
    having sum(feed_month.row_count) >= default_policy.reach_min_rows
),

ranked_month as (
    select
        feed_month.table_name,
        feed_month.month_start_date,
        feed_month.row_count,
        sum(feed_month.row_count) over (
            partition by feed_month.table_name
            order by feed_month.row_count desc
            range between unbounded preceding and current row
        ) as rows_in_months_as_large
    from staging.feed_month
),

usual_month as (
    select
        feed_total.table_name,
        feed_total.newest_date,
        max(ranked_month.row_count) as usual_size
    from feed_total
    inner join ranked_month
        on
            feed_total.table_name = ranked_month.table_name
            and feed_total.row_count <= 2 * ranked_month.rows_in_months_as_large
    group by feed_total.table_name, feed_total.newest_date
),

busy_month as (
    select
        usual_month.table_name,
        usual_month.newest_date,
        feed_month.month_start_date,
        12 * year(feed_month.month_start_date) + month(feed_month.month_start_date)
        - row_number() over (partition by usual_month.table_name order by feed_month.month_start_date) as run_number
    from usual_month
    inner join staging.feed_month
        on usual_month.table_name = feed_month.table_name
    cross join policies.default_policy
    where
        feed_month.row_count
        >= cast(default_policy.reach_busy_share as decimal(9, 6)) * cast(usual_month.usual_size as decimal(18, 0))
),

found_reach as (
    select
        busy_month.table_name,
        min(busy_month.month_start_date) as first_date,
        least(last_day(max(busy_month.month_start_date)), busy_month.newest_date) as last_date
    from busy_month
    group by busy_month.table_name, busy_month.newest_date, busy_month.run_number
),

final as (
    select
        feed.table_name,
        coalesce(found_reach.first_date, reach_given.first_date, date '0001-01-01') as first_date,
        coalesce(found_reach.last_date, reach_given.last_date, date '9999-12-31') as last_date
    from feed
    left join found_reach
        on feed.table_name = found_reach.table_name
    left join run_facts.reach_given
        on feed.table_name = reach_given.table_name
    order by feed.table_name, first_date
)

select * from final
