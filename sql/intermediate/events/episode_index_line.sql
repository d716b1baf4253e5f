-- One row per index line with the event and episode it belongs to.
--
-- See docs/rule.md 3.7.

with

final as (
    select
        episode_event.episode_id,
        episode_event.event_date,
        index_line.*
    from intermediate.episode_event
    inner join intermediate.index_line
        on
            episode_event.member_id = index_line.member_id
            and episode_event.event_date <= index_line.service_date
            and episode_event.event_window_end_date >= index_line.service_date
)

select * from final
