-- One row per episode that lacks a criterion or has one too many.
--
-- Law: every episode that is not excluded has its five criteria, and no other has any

with

final as (
    select episode_review.episode_id
    from episode_review
    left join criterion_result
        on episode_review.episode_id = criterion_result.episode_id
    group by episode_review.episode_id, episode_review.outcome
    having
        count(distinct criterion_result.criterion)
        <> case when episode_review.outcome = 'excluded' then 0 else 5 end
        or count(criterion_result.criterion) <> count(distinct criterion_result.criterion)
)

select * from final
