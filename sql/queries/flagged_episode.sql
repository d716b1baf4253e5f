-- One row per flagged episode, best first: the rows of the sheet Worklist.

with

final as (
    select episode_review.*
    from audit.episode_review
    where episode_review.outcome = 'flagged'
)

select * from final
order by priority_score desc nulls last, anchor_date asc, episode_id asc
