-- One row per member with a delivered line whose code, of the line or in its columns, can open an implantation event.
--
-- Codes alone are looked at, not dates, states or diagnoses: it may name a member too many, never one too few.

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

final as (
    select opening_line.member_id
    from opening_line
    union
    select opening_column.member_id
    from opening_column
    inner join opening_code
        on
            opening_column.procedure_code = opening_code.code
            and opening_code.match_system in ('icd-10-pcs', 'icd-9-pcs')
)

select * from final
