-- One row per episode that is not excluded and criterion: what was asked, what was found.

with

final as (
    select
        criterion_result.episode_id,
        criterion_result.criterion_number,
        criterion_result.criterion,
        criterion_result.result,
        criterion_result.observed_value,
        criterion_result.threshold_value,
        criterion_result.unit,
        criterion_result.explanation
    from criterion_result
)

select * from final
order by episode_id asc, criterion_number asc
