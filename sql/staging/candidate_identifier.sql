-- One row per identifier under which rows of a candidate member were delivered: its own, and its previous ones.

with

final as (
    select
        candidate_member.member_id as delivered_member_id,
        candidate_member.member_id
    from staging.candidate_member
    union all
    select
        member_identifier.previous_member_id as delivered_member_id,
        member_identifier.member_id
    from staging.member_identifier
    inner join staging.candidate_member
        on member_identifier.member_id = candidate_member.member_id
)

select * from final
