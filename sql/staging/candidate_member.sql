-- One row per member with a delivered line or procedure row whose code can open an implantation event.
--
-- This model reads the whole history, but of it only codes and a key a row. It looks at codes
-- alone, not at dates, states or diagnoses: it may name a member too many, never one too few. A procedure row that
-- names a member is that member's alone; members are named as member_crosswalk says.

with

opening_code as (
    select
        index_procedures.match_system,
        index_procedures.code
    from value_sets.index_procedures
    where index_procedures.opens_event in ('yes', 'with_low_back_pain_diagnosis')
),

opening_line as (
    select medical_claim.member_id
    from landed.medical_claim
    inner join opening_code
        on
            medical_claim.hcpcs_code = opening_code.code
            and opening_code.match_system = 'hcpcs'
),

opening_column as (
    select
        medical_claim.member_id,
        unnest([
            medical_claim.procedure_code_1,
            medical_claim.procedure_code_2,
            medical_claim.procedure_code_3,
            medical_claim.procedure_code_4,
            medical_claim.procedure_code_5,
            medical_claim.procedure_code_6,
            medical_claim.procedure_code_7,
            medical_claim.procedure_code_8,
            medical_claim.procedure_code_9,
            medical_claim.procedure_code_10,
            medical_claim.procedure_code_11,
            medical_claim.procedure_code_12,
            medical_claim.procedure_code_13,
            medical_claim.procedure_code_14,
            medical_claim.procedure_code_15,
            medical_claim.procedure_code_16,
            medical_claim.procedure_code_17,
            medical_claim.procedure_code_18,
            medical_claim.procedure_code_19,
            medical_claim.procedure_code_20,
            medical_claim.procedure_code_21,
            medical_claim.procedure_code_22,
            medical_claim.procedure_code_23,
            medical_claim.procedure_code_24,
            medical_claim.procedure_code_25
        ]) as procedure_code
    from landed.medical_claim
    where
        coalesce(
            medical_claim.procedure_code_1,
            medical_claim.procedure_code_2,
            medical_claim.procedure_code_3,
            medical_claim.procedure_code_4,
            medical_claim.procedure_code_5,
            medical_claim.procedure_code_6,
            medical_claim.procedure_code_7,
            medical_claim.procedure_code_8,
            medical_claim.procedure_code_9,
            medical_claim.procedure_code_10,
            medical_claim.procedure_code_11,
            medical_claim.procedure_code_12,
            medical_claim.procedure_code_13,
            medical_claim.procedure_code_14,
            medical_claim.procedure_code_15,
            medical_claim.procedure_code_16,
            medical_claim.procedure_code_17,
            medical_claim.procedure_code_18,
            medical_claim.procedure_code_19,
            medical_claim.procedure_code_20,
            medical_claim.procedure_code_21,
            medical_claim.procedure_code_22,
            medical_claim.procedure_code_23,
            medical_claim.procedure_code_24,
            medical_claim.procedure_code_25
        ) is not null
),

opening_procedure as (
    select
        claim_procedure.claim_id,
        claim_procedure.member_id
    from landed.claim_procedure
    inner join opening_code
        on
            claim_procedure.procedure_code = opening_code.code
            and opening_code.match_system in ('icd-10-pcs', 'icd-9-pcs')
),

opening_stay as (
    select
        medical_claim.member_id,
        opening_procedure.member_id as owner_id
    from landed.medical_claim
    inner join opening_procedure
        on medical_claim.claim_id = opening_procedure.claim_id
),

opening_member as (
    select
        opening_line.member_id,
        cast(null as varchar) as owner_id
    from opening_line
    union
    select
        opening_column.member_id,
        cast(null as varchar) as owner_id
    from opening_column
    inner join opening_code
        on
            opening_column.procedure_code = opening_code.code
            and opening_code.match_system in ('icd-10-pcs', 'icd-9-pcs')
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
