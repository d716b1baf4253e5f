-- One row per index line that is not in exactly one episode.
--
-- Law: every index line is in exactly one episode

with

final as (
    select
        index_line.member_id,
        index_line.claim_id,
        index_line.source_table,
        index_line.source_key
    from intermediate.index_line
    left join intermediate.episode_index_line
        on
            index_line.member_id = episode_index_line.member_id
            and index_line.claim_id = episode_index_line.claim_id
            and index_line.source_table = episode_index_line.source_table
            and index_line.source_key = episode_index_line.source_key
    left join audit.episode_review
        on episode_index_line.episode_id = episode_review.episode_id
    group by index_line.member_id, index_line.claim_id, index_line.source_table, index_line.source_key
    having count(distinct episode_review.episode_id) <> 1
)

select * from final
