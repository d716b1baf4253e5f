-- One row per member with a delivered line or procedure row whose code can open an implantation event.
--
-- It looks at codes alone, not at dates, states or diagnoses: it may name a member too many, never one too few. A
-- procedure row that names a member is that member's alone; members are named as member_crosswalk says.

with

opening_stay as (
    select
        claim_number.member_id,
        opening_procedure.member_id as owner_id
    from kept.claim_number
    inner join kept.opening_procedure
        on claim_number.claim_id = opening_procedure.claim_id
),

opening_member as (
    select
        opening_line.member_id,
        cast(null as varchar) as owner_id
    from kept.opening_line
    union
    select
        opening_stay.member_id,
        opening_stay.owner_id
    from opening_stay
),

named as (
    select
        coalesce(own.member_id, opening_member.member_id) as member_id,
        coalesce(named_owner.member_id, opening_member.owner_id) as owner_id
    from opening_member
    left join staging.member_identifier as own
        on opening_member.member_id = own.previous_member_id
    left join staging.member_identifier as named_owner
        on opening_member.owner_id = named_owner.previous_member_id
),

final as (
    select named.member_id
    from named
    where
        named.owner_id is null
        or named.owner_id = named.member_id
    group by named.member_id
)

select * from final
