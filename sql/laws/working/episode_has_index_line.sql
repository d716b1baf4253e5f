-- One row per episode that has no index line.
--
-- Law: every episode has an index line

with

final as (
    select episode_review.episode_id
    from audit.episode_review
    left join intermediate.episode_index_line
        on episode_review.episode_id = episode_index_line.episode_id
    where episode_index_line.episode_id is null
)

select * from final
