-- One row per open episode and run of days of its look-back without enrolment, with the care billed on them.
--
-- Both ends are in. Care billed for a day in a gap is a conflict: the enrolment or the claim is wrong. care_count has
-- each row of audit.care_ledger once, whether or not it counts as care; such care is judged like other care.

with

final as (
    select
        enrollment_gap.episode_id,
        enrollment_gap.start_date,
        enrollment_gap.end_date,
        cast(enrollment_gap.end_date - enrollment_gap.start_date + 1 as integer) as day_count,
        cast(count(care_ledger.episode_id) as integer) as care_count
    from intermediate.enrollment_gap
    left join audit.care_ledger
        on
            enrollment_gap.episode_id = care_ledger.episode_id
            and enrollment_gap.start_date <= care_ledger.service_date
            and enrollment_gap.end_date >= care_ledger.service_date
    group by enrollment_gap.episode_id, enrollment_gap.start_date, enrollment_gap.end_date
    order by enrollment_gap.episode_id, enrollment_gap.start_date
)

select * from final
