-- One row per episode that does not have exactly one outcome with a reason.
--
-- Law: every episode has exactly one outcome

with

final as (
    select episode_review.episode_id
    from episode_review
    group by episode_review.episode_id
    having
        count(*) <> 1
        or count(episode_review.outcome) <> 1
        or count(episode_review.outcome_reason) <> 1
)

select * from final
