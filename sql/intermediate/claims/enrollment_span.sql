-- One row per enrolment span that covers a day: open ends filled with the far past and the far future.
--
-- See docs/rule.md 8.2.

with

final as (
    select
        final_eligibility.member_id,
        coalesce(final_eligibility.enrollment_start_date, date '0001-01-01') as enrollment_start_date,
        coalesce(final_eligibility.enrollment_end_date, date '9999-12-31') as enrollment_end_date,
        final_eligibility.line_of_business,
        final_eligibility.has_pharmacy_benefit
    from intermediate.final_eligibility
    where
        coalesce(final_eligibility.enrollment_start_date, date '0001-01-01')
        <= coalesce(final_eligibility.enrollment_end_date, date '9999-12-31')
)

select * from final
