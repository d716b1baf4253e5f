-- One row per enrolment span that covers a day: open ends filled with the far past and the far future.

with

final as (
    select
        eligibility.member_id,
        coalesce(eligibility.enrollment_start_date, date '0001-01-01') as enrollment_start_date,
        coalesce(eligibility.enrollment_end_date, date '9999-12-31') as enrollment_end_date,
        eligibility.line_of_business,
        eligibility.has_pharmacy_benefit
    from staging.eligibility
    where
        coalesce(eligibility.enrollment_start_date, date '0001-01-01')
        <= coalesce(eligibility.enrollment_end_date, date '9999-12-31')
)

select * from final
