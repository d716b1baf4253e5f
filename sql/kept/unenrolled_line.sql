-- One row per delivered member identifier without a row of eligibility, delivery and month: the claim lines of it.
--
-- An identifier that changed may be enrolled by its other name, and its eligibility may still come: who is enrolled is
-- asked again every night (staging.unenrolled_month). Where nobody has a row of eligibility no member is named.

with

told as (
    select count(*) > 0 as is_told
    from landed.eligibility
),

member as (
    select medical_claim.member_id
    from landed.medical_claim
    group by medical_claim.member_id
),

enrolled as (
    select eligibility.member_id
    from landed.eligibility
    where eligibility.member_id in (select member.member_id from member)
    group by eligibility.member_id
),

unenrolled as (
    select member.member_id
    from member
    where member.member_id not in (select enrolled.member_id from enrolled)
),

final as (
    select
        case when told.is_told then medical_claim.member_id end as member_id,
        medical_claim.delivery_number,
        cast(date_trunc('month', medical_claim.claim_line_start_date) as date) as month_start_date,
        count(*) as line_count
    from landed.medical_claim
    inner join unenrolled
        on medical_claim.member_id = unenrolled.member_id
    cross join told
    group by all
)

select * from final
