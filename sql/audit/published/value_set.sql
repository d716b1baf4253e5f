-- One row per row of a value set: the codes and words that the rule knew in this run.

with

final as (
    select
        value_set_row.value_set_name,
        value_set_row.row_number,
        value_set_row.value_set,
        value_set_row.code_system,
        value_set_row.code,
        value_set_row.word,
        value_set_row.label,
        value_set_row.effective_start,
        value_set_row.effective_end,
        value_set_row.role,
        value_set_row.opens_event,
        value_set_row.specificity,
        value_set_row.indication_class,
        value_set_row.care_group,
        value_set_row.modality,
        value_set_row.drug_class,
        value_set_row.counts,
        value_set_row.needs_back_diagnosis,
        value_set_row.hours_per_unit,
        value_set_row.note,
        value_set_row.source
    from run_facts.value_set_row
)

select * from final
