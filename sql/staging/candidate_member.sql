-- One row per member with a delivered line or procedure row whose code can open an implantation event.
--
-- This is the only model that reads the whole history, and of it only a code and a key a row. It looks at codes
-- alone, not at dates, states or diagnoses: it may name a member too many, never one too few.

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

opening_procedure as (
    select claim_procedure.claim_id
    from landed.claim_procedure
    inner join opening_code
        on
            claim_procedure.procedure_code = opening_code.code
            and opening_code.match_system in ('icd-10-pcs', 'icd-9-pcs')
),

opening_stay as (
    select medical_claim.member_id
    from landed.medical_claim
    where medical_claim.claim_id in (select opening_procedure.claim_id from opening_procedure)
),

final as (
    select opening_line.member_id
    from opening_line
    union
    select opening_stay.member_id
    from opening_stay
)

select * from final
