-- One row per delivered enrolment span of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
with

history as (
    select eligibility.*
    from landed.eligibility
    inner join staging.candidate_member
        on eligibility.member_id = candidate_member.member_id
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.member_id,
                history.enrollment_start_date,
                history.enrollment_end_date,
                history.line_of_business,
                history.payer,
                history.plan,
                history.has_pharmacy_benefit,
                history.birth_date,
                history.gender,
                history.state
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.member_id,
        numbered.enrollment_start_date,
        numbered.enrollment_end_date,
        numbered.line_of_business,
        numbered.payer,
        numbered.plan,
        numbered.has_pharmacy_benefit,
        numbered.birth_date,
        numbered.gender,
        numbered.state,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final
