-- One row per episode that nothing takes off the list: the episodes that are judged by their care.
--
-- See docs/rule.md 5, 8.4.

with

final as (
    select episode_window.*
    from intermediate.episode_window
    inner join intermediate.episode_exclusion
        on
            episode_window.episode_id = episode_exclusion.episode_id
            and not episode_exclusion.is_excluded
)

select * from final
