-- One row per flagged episode without a priority, and per other episode with one.
--
-- Law: every flagged episode, and no other, has a priority

with

final as (
    select episode_review.episode_id
    from episode_review
    where (episode_review.outcome = 'flagged') <> (episode_review.priority_score is not null)
)

select * from final
