-- One row per step from the lines read to the episodes flagged; entered less left is remaining, in every row.

with

final as (
    select
        funnel.step_number,
        funnel.step,
        funnel.unit,
        funnel.entered_count,
        funnel.left_count,
        funnel.remaining_count,
        funnel.reason
    from funnel
)

select * from final
order by step_number asc
