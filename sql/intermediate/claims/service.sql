-- One row per standing claim line or procedure row: what was done, when, under which code.
--
-- source_table, claim and source_key (line or rank) are unique within the member. Lines are dated by their own start;
-- credited lines are no services, and the procedure rows of a claim of credited lines alone open nothing.
--
-- See docs/rule.md 1.3, 2.7.

with

line_service as (
    select
        standing_line.member_id,
        standing_line.claim_id,
        'medical_claim' as source_table,
        standing_line.line_key as source_key,
        standing_line.claim_line_number,
        cast(null as integer) as procedure_rank,
        standing_line.claim_type,
        standing_line.claim_line_start_date as service_date,
        'hcpcs' as match_system,
        standing_line.hcpcs_code as code,
        standing_line.revenue_center_code,
        standing_line.service_unit_quantity,
        standing_line.diagnosis_pointer,
        [
            standing_line.hcpcs_modifier_1,
            standing_line.hcpcs_modifier_2,
            standing_line.hcpcs_modifier_3,
            standing_line.hcpcs_modifier_4,
            standing_line.hcpcs_modifier_5
        ] as modifiers,
        false as is_credited_claim,
        standing_line.delivery_number,
        standing_line.file_number,
        standing_line.source_row
    from intermediate.standing_line
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
        claim_procedure.is_credited_claim,
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
