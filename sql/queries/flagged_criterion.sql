-- One row per flagged episode and criterion with its result.

with

final as (
    select criterion_result.*
    from audit.criterion_result
    inner join audit.episode_review
        on criterion_result.episode_id = episode_review.episode_id
    where episode_review.outcome = 'flagged'
)

select * from final
