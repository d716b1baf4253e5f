-- One row per rule by which a delivered row that may open an implantation event was not read as one, of any member.
--
-- Set aside (unread_reason set_aside) with an opening code; loaded with one inside a malformed code (malformed); or
-- loaded with a code that differs from one by the letters O, I or L for 0 and 1 alone (look_alike). Such a member may
-- have no other sign of an implant, so nobody would look.
--
-- See docs/contract.md 1.3.

with

opening_code as (
    select
        index_procedures.code,
        translate(index_procedures.code, 'OIL', '011') as digits,
        index_procedures.match_system = 'hcpcs' as is_line_code
    from value_sets.index_procedures
    where index_procedures.opens_event in ('yes', 'with_low_back_pain_diagnosis')
    group by all
),

set_aside_code as (
    select
        rejected_row.* exclude (procedure_codes),
        unnest(rejected_row.procedure_codes) as code
    from landed.rejected_row
    where rejected_row.table_name in ('medical_claim', 'claim_procedure')
),

known as (
    select opening_code.code
    from opening_code
    group by opening_code.code
),

set_aside as (
    select
        set_aside_code.delivery_number,
        set_aside_code.file_number,
        set_aside_code.table_name,
        set_aside_code.source_row,
        set_aside_code.member_id,
        set_aside_code.claim_id,
        set_aside_code.claim_line_number,
        set_aside_code.column_name,
        set_aside_code.code,
        set_aside_code.code as opening_code,
        'set_aside' as unread_reason,
        set_aside_code.rule as unread_rule
    from set_aside_code
    inner join known
        on set_aside_code.code = known.code
),

warned as (
    select
        'medical_claim' as table_name,
        medical_claim.delivery_number,
        medical_claim.file_number,
        medical_claim.source_row,
        medical_claim.member_id,
        medical_claim.claim_id,
        medical_claim.claim_line_number,
        medical_claim.hcpcs_code,
        medical_claim.revenue_center_code,
        [
            medical_claim.hcpcs_modifier_1,
            medical_claim.hcpcs_modifier_2,
            medical_claim.hcpcs_modifier_3,
            medical_claim.hcpcs_modifier_4,
            medical_claim.hcpcs_modifier_5
        ] as modifiers,
        [
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
        ] as listed_codes,
        unnest(string_split(medical_claim.row_warnings, ';')) as warning
    from landed.medical_claim
    where contains(medical_claim.row_warnings, 'opening_code_within')
    union all
    select
        'claim_procedure' as table_name,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row,
        claim_procedure.member_id,
        claim_procedure.claim_id,
        cast(null as varchar) as claim_line_number,
        cast(null as varchar) as hcpcs_code,
        cast(null as varchar) as revenue_center_code,
        cast([] as varchar[]) as modifiers,
        [claim_procedure.procedure_code] as listed_codes,
        unnest(string_split(claim_procedure.row_warnings, ';')) as warning
    from landed.claim_procedure
    where contains(claim_procedure.row_warnings, 'opening_code_within')
),

malformed_code as (
    select
        warned.*,
        split_part(warned.warning, ':', 1) as column_name,
        case
            when warned.warning = 'hcpcs_code:opening_code_within' then warned.hcpcs_code
            when warned.warning = 'revenue_center_code:opening_code_within' then warned.revenue_center_code
            when starts_with(warned.warning, 'hcpcs_modifier_')
                then warned.modifiers[cast(regexp_extract(warned.warning, '[0-9]+') as integer)]
            else warned.listed_codes[coalesce(try_cast(regexp_extract(warned.warning, '[0-9]+') as integer), 1)]
        end as code
    from warned
    where ends_with(warned.warning, ':opening_code_within')
),

malformed as (
    select
        malformed_code.delivery_number,
        malformed_code.file_number,
        malformed_code.table_name,
        malformed_code.source_row,
        malformed_code.member_id,
        malformed_code.claim_id,
        malformed_code.claim_line_number,
        malformed_code.column_name,
        malformed_code.code,
        min(opening_code.code) as opening_code,
        'malformed' as unread_reason,
        'opening_code_within' as unread_rule
    from malformed_code
    inner join opening_code
        on contains(malformed_code.code, opening_code.code)
    group by all
),

delivered_code as (
    select medical_claim.hcpcs_code
    from landed.medical_claim
    group by medical_claim.hcpcs_code
),

look_alike_code as (
    select
        delivered_code.hcpcs_code,
        opening_code.code as opening_code
    from delivered_code
    inner join opening_code
        on
            translate(delivered_code.hcpcs_code, 'OIL', '011') = opening_code.digits
            and opening_code.is_line_code
    where delivered_code.hcpcs_code not in (select every_code.code from value_sets.index_procedures as every_code)
),

look_alike as (
    select
        medical_claim.delivery_number,
        medical_claim.file_number,
        'medical_claim' as table_name,
        medical_claim.source_row,
        medical_claim.member_id,
        medical_claim.claim_id,
        medical_claim.claim_line_number,
        'hcpcs_code' as column_name,
        medical_claim.hcpcs_code as code,
        look_alike_code.opening_code,
        'look_alike' as unread_reason,
        'opening_code_look_alike' as unread_rule
    from landed.medical_claim
    inner join look_alike_code
        on medical_claim.hcpcs_code = look_alike_code.hcpcs_code
),

final as (
    select * from set_aside
    union all by name
    select * from malformed
    union all by name
    select * from look_alike
)

select * from final
