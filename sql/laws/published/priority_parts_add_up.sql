-- One row per flagged episode whose priority is not the sum of its parts, and per episode with parts and no priority.
--
-- Law: the parts of a priority sum to it, rounded to one decimal

with

part_total as (
    select
        priority_part.episode_id,
        round(cast(sum(priority_part.points) as decimal(18, 9)), 1) as points
    from priority_part
    group by priority_part.episode_id
),

final as (
    select
        episode_review.episode_id,
        episode_review.priority_score,
        part_total.points
    from episode_review
    full join part_total
        on episode_review.episode_id = part_total.episode_id
    where episode_review.priority_score is distinct from part_total.points
)

select * from final
