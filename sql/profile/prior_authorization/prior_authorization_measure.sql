-- One row per measure of a delivery's prior authorisations.

with

counted as (
    select
        count(*) as row_count,
        count(hcpcs_code) as coded_count,
        count(*) filter (where decision in ('approved', 'partially_approved')) as approved_count
    from delivered_prior_authorization
),

measured as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                { 'measure': 'rows', 'value': row_count, 'row_count': row_count },
                { 'measure': 'blank_code_share', 'value': 1 - coded_count / row_count, 'row_count': row_count },
                { 'measure': 'approved_share', 'value': approved_count / row_count, 'row_count': row_count }
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
