-- One row per claim and member (none where it is not named) with a procedure row that can open an implantation event.

with

final as (
    select
        claim_procedure.claim_id,
        claim_procedure.member_id
    from landed.claim_procedure
    inner join value_sets.index_procedures
        on claim_procedure.procedure_code = index_procedures.code
    where
        index_procedures.match_system in ('icd-10-pcs', 'icd-9-pcs')
        and index_procedures.opens_event in ('yes', 'with_low_back_pain_diagnosis')
    group by claim_procedure.claim_id, claim_procedure.member_id
)

select * from final
