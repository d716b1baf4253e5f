-- One row per measure of a delivery's prior authorisations.

with

counted as (
    select
        count(*) as row_count,
        count(hcpcs_code) as coded_count,
        count(*) filter (where decision in ('approved', 'partially_approved')) as approved_count
    from delivered_prior_authorization
),

final as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                {'measure': 'rows', 'value': row_count, 'row_count': row_count},
                {'measure': 'blank_code_share', 'value': 1 - coded_count / row_count, 'row_count': row_count},
                {'measure': 'approved_share', 'value': approved_count / row_count, 'row_count': row_count}
            ],
            recursive := true
        )
    from counted
)

select * from final
