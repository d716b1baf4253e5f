-- One row per delivered enrolment span in the version that stands.
--
-- Versions share member, start (every open one equal), line of business, payer, plan and has_pharmacy_benefit, blank
-- equal to blank; the last delivered wins. A row of a later delivery also takes the place of those of earlier ones that
-- differ in has_pharmacy_benefit alone; rows of one delivery that do so stand together.
--
-- See docs/rule.md 2.2.

with

ordered as (
    select
        eligibility.*,
        max(eligibility.delivery_number) over (
            partition by
                eligibility.member_id,
                eligibility.enrollment_start_date,
                eligibility.line_of_business,
                eligibility.payer,
                eligibility.plan
        ) as last_delivery_number,
        row_number() over (
            partition by
                eligibility.member_id,
                eligibility.enrollment_start_date,
                eligibility.line_of_business,
                eligibility.payer,
                eligibility.plan,
                eligibility.has_pharmacy_benefit
            order by eligibility.delivery_number desc, eligibility.file_number desc, eligibility.source_row desc
        ) as copy_number
    from staging.eligibility
),

final as (
    select ordered.* exclude (last_delivery_number, copy_number)
    from ordered
    where
        ordered.delivery_number = ordered.last_delivery_number
        and ordered.copy_number = 1
)

select * from final
