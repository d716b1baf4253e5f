-- One row per month of service with claim lines of members who have no row of eligibility.
--
-- Where a member changed identifiers and no crosswalk came, the older claims look like these.

with

unenrolled as (
    select
        coalesce(member_identifier.member_id, unenrolled_line.member_id) as member_id,
        unenrolled_line.month_start_date,
        unenrolled_line.delivery_number,
        unenrolled_line.line_count
    from kept.unenrolled_line
    left join staging.member_identifier
        on unenrolled_line.member_id = member_identifier.previous_member_id
),

enrolled as (
    select coalesce(member_identifier.member_id, eligibility.member_id) as member_id
    from landed.eligibility
    left join staging.member_identifier
        on eligibility.member_id = member_identifier.previous_member_id
    where coalesce(member_identifier.member_id, eligibility.member_id) in (select unenrolled.member_id from unenrolled)
    group by coalesce(member_identifier.member_id, eligibility.member_id)
),

final as (
    select
        unenrolled.month_start_date,
        cast(sum(unenrolled.line_count) as bigint) as line_count,
        max(unenrolled.delivery_number) as delivery_number
    from unenrolled
    left join enrolled
        on unenrolled.member_id = enrolled.member_id
    where enrolled.member_id is null
    group by unenrolled.month_start_date
)

select * from final
