-- One row per open episode and counting service in the look-back, or documented course inside it: its group and days.
--
-- A line is a service of one day; a drug class on a dispensing date lasts its counted days; a valid statement gives the
-- part of its dates inside the look-back (no end: the start alone).
--
-- See docs/rule.md 6.2, 6.5, 6.7.

with

final as (
    select
        care_line.episode_id,
        care_line.care_group,
        'claim' as evidence_kind,
        care_line.service_date as start_date,
        care_line.service_date as end_date,
        cast(care_line.hours_per_unit as double)
        * case
            when coalesce(care_line.service_unit_quantity, 1) < 1 then 1
            else coalesce(care_line.service_unit_quantity, 1)
        end as service_hours
    from intermediate.care_line
    where
        care_line.is_in_look_back
        and care_line.counts = 'yes'
    union all
    select
        medication_day.episode_id,
        'medication' as care_group,
        'claim' as evidence_kind,
        medication_day.dispensing_date as start_date,
        cast(medication_day.dispensing_date + cast(medication_day.counted_days as integer) - 1 as date) as end_date,
        cast(null as double) as service_hours
    from intermediate.medication_day
    where
        medication_day.is_in_look_back
        and medication_day.is_service
    union all
    select
        failure_statement.episode_id,
        failure_statement.care_group,
        'statement' as evidence_kind,
        failure_statement.span_start_date as start_date,
        failure_statement.span_end_date as end_date,
        cast(null as double) as service_hours
    from intermediate.failure_statement
    where
        failure_statement.is_valid
        and failure_statement.start_date is not null
        and failure_statement.span_start_date <= failure_statement.span_end_date
)

select * from final
