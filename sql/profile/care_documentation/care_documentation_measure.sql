-- One row per measure of a delivery's statements on care.

with

counted as (
    select
        count(*) as row_count,
        count(*) filter (where documentation_modalities.word is not null) as known_modality_count,
        count(*) filter (
            where care_documentation.outcome in (
                'no_benefit', 'inadequate_benefit', 'intolerance', 'contraindicated'
            )
        ) as failed_outcome_count
    from delivered_care_documentation as care_documentation
    left join value_sets.documentation_modalities
        on care_documentation.modality = documentation_modalities.word
),

measured as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                { 'measure': 'rows', 'value': row_count, 'row_count': row_count },
                {
                    'measure': 'known_modality_share', 'value': known_modality_count / row_count, 'row_count': row_count
                },
                { 'measure': 'failed_outcome_share', 'value': failed_outcome_count / row_count, 'row_count': row_count }
            ]
        ) as one
    from counted
),

final as (
    select
        segment_kind,
        segment,
        one.measure,
        one.value,
        one.row_count
    from measured
)

select * from final
