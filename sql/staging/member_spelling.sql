-- One row per candidate member and other delivered identifier that is theirs but for case, or for leading zeros.
--
-- A system that folds case, or reads identifiers as numbers, makes two members of one: the care of one stands beside
-- the implant of the other. differs_in: case, or zeros where that alone does not tell.

with

candidate as (
    select
        candidate_identifier.member_id,
        candidate_identifier.delivered_member_id,
        ltrim(lower(candidate_identifier.delivered_member_id), '0') as folded_id
    from staging.candidate_identifier
),

delivered as (
    select
        delivered_member.table_name,
        delivered_member.member_id,
        max(delivered_member.delivery_number) as delivery_number
    from kept.delivered_member
    where ltrim(lower(delivered_member.member_id), '0') in (select candidate.folded_id from candidate)
    group by delivered_member.table_name, delivered_member.member_id
),

final as (
    select
        candidate.member_id,
        delivered.member_id as other_member_id,
        case
            when bool_or(lower(candidate.delivered_member_id) = lower(delivered.member_id)) then 'case'
            else 'zeros'
        end as differs_in,
        min(delivered.table_name) as table_name,
        max(delivered.delivery_number) as delivery_number
    from candidate
    inner join delivered
        on candidate.folded_id = ltrim(lower(delivered.member_id), '0')
    left join candidate as own
        on
            candidate.member_id = own.member_id
            and delivered.member_id = own.delivered_member_id
    where own.member_id is null
    group by candidate.member_id, delivered.member_id
)

select * from final
