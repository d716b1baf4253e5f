-- One row per candidate member and other delivered identifier that is theirs but for case.
--
-- A system that folds case, or one that does not, makes two members of one: the care of one stands beside the implant
-- of the other.

with

candidate as (
    select
        candidate_identifier.member_id,
        candidate_identifier.delivered_member_id,
        lower(candidate_identifier.delivered_member_id) as folded_id
    from staging.candidate_identifier
),

delivered as (
    select
        delivered_member.table_name,
        delivered_member.member_id,
        max(delivered_member.delivery_number) as delivery_number
    from kept.delivered_member
    where lower(delivered_member.member_id) in (select candidate.folded_id from candidate)
    group by delivered_member.table_name, delivered_member.member_id
),

final as (
    select
        candidate.member_id,
        delivered.member_id as other_member_id,
        min(delivered.table_name) as table_name,
        max(delivered.delivery_number) as delivery_number
    from candidate
    inner join delivered
        on candidate.folded_id = lower(delivered.member_id)
    left join candidate as own
        on
            candidate.member_id = own.member_id
            and delivered.member_id = own.delivered_member_id
    where own.member_id is null
    group by candidate.member_id, delivered.member_id
)

select * from final
