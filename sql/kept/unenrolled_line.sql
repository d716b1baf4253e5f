-- One row per delivered member identifier without a row of eligibility, delivery and month: the claim lines of it.
--
-- An identifier that changed may be enrolled by its other name, and its eligibility may still come: who is enrolled is
-- asked again every night (staging.unenrolled_month). Where nobody has a row of eligibility no member is named.

with

told as (
    select count(*) > 0 as is_told
    from landed.eligibility
),

final as (
    select
        case when told.is_told then medical_claim.member_id end as member_id,
        medical_claim.delivery_number,
        cast(date_trunc('month', medical_claim.claim_line_start_date) as date) as month_start_date,
        count(*) as line_count
    from landed.medical_claim
    cross join told
    where medical_claim.member_id not in (select eligibility.member_id from landed.eligibility)
    group by all
)

select * from final
