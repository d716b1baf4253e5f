-- One row per counting claim line or procedure row: what was done, when, under which code.
--
-- Member, claim, source_table and source_key (line number or procedure rank) name one row. Lines are dated by their own
-- start, procedure rows by their procedure date.

with

line_service as (
    select
        counting_line.member_id,
        counting_line.claim_id,
        'medical_claim' as source_table,
        counting_line.line_key as source_key,
        counting_line.claim_line_number,
        cast(null as integer) as procedure_rank,
        counting_line.claim_type,
        counting_line.claim_line_start_date as service_date,
        'hcpcs' as match_system,
        counting_line.hcpcs_code as code,
        counting_line.revenue_center_code,
        counting_line.service_unit_quantity,
        counting_line.diagnosis_pointer,
        [
            counting_line.hcpcs_modifier_1,
            counting_line.hcpcs_modifier_2,
            counting_line.hcpcs_modifier_3,
            counting_line.hcpcs_modifier_4,
            counting_line.hcpcs_modifier_5
        ] as modifiers,
        counting_line.delivery_number,
        counting_line.file_number,
        counting_line.source_row
    from intermediate.counting_line
),

procedure_service as (
    select
        claim_procedure.member_id,
        claim_procedure.claim_id,
        'claim_procedure' as source_table,
        cast(claim_procedure.procedure_rank as varchar) as source_key,
        cast(null as varchar) as claim_line_number,
        claim_procedure.procedure_rank,
        claim_procedure.claim_type,
        claim_procedure.procedure_date as service_date,
        claim_procedure.code_system as match_system,
        claim_procedure.procedure_code as code,
        cast(null as varchar) as revenue_center_code,
        cast(null as decimal(18, 4)) as service_unit_quantity,
        cast(null as varchar) as diagnosis_pointer,
        cast([] as varchar[]) as modifiers,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row
    from intermediate.claim_procedure
),

final as (
    select * from line_service
    union all
    select * from procedure_service
)

select * from final
