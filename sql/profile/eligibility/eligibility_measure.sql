-- One row per measure of a delivery's enrolment spans, for all of them and each line of business.

with

counted as (
    select
        case when grouping(line_of_business) = 0 then 'line_of_business' else 'all' end as segment_kind,
        coalesce(line_of_business, '') as segment,
        count(*) as span_count,
        count(has_pharmacy_benefit) as benefit_known_count,
        count(*) filter (where not has_pharmacy_benefit) as without_benefit_count,
        count(*) filter (
            where delivered_eligibility.enrollment_end_date is null
            or delivered_eligibility.enrollment_end_date >= run.as_of_date - 92
        ) as open_count
    from delivered_eligibility
    cross join run
    group by grouping sets ((), (line_of_business))
),

measured as (
    select
        segment_kind,
        segment,
        unnest(
            [
                { 'measure': 'spans', 'value': span_count, 'row_count': span_count },
                { 'measure': 'open_span_share', 'value': open_count / span_count, 'row_count': span_count },
                {
                    'measure': 'without_benefit_share',
                    'value': without_benefit_count / benefit_known_count,
                    'row_count': benefit_known_count
                }
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
