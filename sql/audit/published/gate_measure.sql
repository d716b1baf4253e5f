-- One row per measure and night of the last nights: of a delivery, or of what a publish found; counts and shares alone.

with

final as (
    select
        gate_measure.measured_of,
        gate_measure.measured_number,
        gate_measure.as_of_date,
        gate_measure.table_name,
        gate_measure.measure_name,
        gate_measure.segment_kind,
        gate_measure.segment,
        gate_measure.measure_value,
        gate_measure.measured_rows,
        gate_measure.accepted_because,
        gate_measure.accepted_by
    from run_facts.gate_measure
)

select * from final
