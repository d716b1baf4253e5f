-- One row per step of the funnel that does not add up, or does not go on where the step before it ended.
--
-- Law: the funnel's steps add up

with

step as (
    select
        funnel.step_number,
        funnel.left_count,
        funnel.entered_count - funnel.left_count <> funnel.remaining_count as is_uneven,
        funnel.entered_count
        <> lag(funnel.remaining_count) over (partition by funnel.unit order by funnel.step_number) as is_torn
    from funnel
),

final as (
    select step.step_number
    from step
    where step.is_uneven or step.is_torn or step.left_count < 0
)

select * from final
