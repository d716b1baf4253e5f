-- One row per sender and line of business: the share of members with claims who have a fill.
--
-- Counted in one part of the members where there are many.

with

size as materialized (
    select cast(greatest(1, count(*) // 20000) as ubigint) as parts
    from delivered_medical_claim
),

member as (
    select
        member_id,
        coalesce(data_source, '') as data_source,
        coalesce(line_of_business, '') as line_of_business
    from delivered_medical_claim
    where hash(member_id) % (select size.parts from size) = 0
    group by member_id, data_source, line_of_business
),

filled as (
    select member_id
    from delivered_pharmacy_claim
    where hash(member_id) % (select size.parts from size) = 0
    group by member_id
),

counted as (
    select
        case
            when grouping(member.data_source) = 0 then 'data_source'
            when grouping(member.line_of_business) = 0 then 'line_of_business'
            else 'all'
        end as segment_kind,
        coalesce(member.data_source, member.line_of_business, '') as segment,
        count(*) as member_count,
        count(filled.member_id) as filled_count
    from member
    left join filled
        on member.member_id = filled.member_id
    group by grouping sets ((), (member.data_source), (member.line_of_business))
),

measured as (
    select
        segment_kind,
        segment,
        { 'measure': 'filled_share', 'value': filled_count / member_count, 'row_count': member_count } as one
    from counted
    where exists (select 1 from delivered_pharmacy_claim)
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
