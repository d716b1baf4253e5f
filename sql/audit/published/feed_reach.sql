-- One row per feed and run of days that it can speak of, both ends in; open ends mean all days.
--
-- A day outside says nothing about care: claims of that day were not received, or not yet.

with

final as (
    select
        feed_reach.table_name,
        nullif(feed_reach.first_date, date '0001-01-01') as first_reached_date,
        nullif(feed_reach.last_date, date '9999-12-31') as last_reached_date
    from staging.feed_reach
)

select * from final
