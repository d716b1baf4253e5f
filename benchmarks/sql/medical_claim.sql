-- One row per claim line, lines [first_row, end_row) of the history; story lines stand in the place of ordinary ones.
with

range_row as (
    select
        range as line_number_overall,
        range // getvariable('lines_per_block') as block,
        (range % getvariable('lines_per_block'))::integer as place
    from range(getvariable('first_row'), getvariable('end_row'))
),

line as (
    select
        range_row.line_number_overall,
        range_row.block,
        line_place.*
    from range_row
    inner join line_place on range_row.place = line_place.place
),

numbered as (
    select
        *,
        block * getvariable('claims_per_block') + claim_place as claim_number,
        block % getvariable('blocks_per_story') = getvariable('story_block')
        and member_place = getvariable('story_member') as is_story,
        block // getvariable('blocks_per_story') as story_number,
        case
            when getvariable('base_blocks') = 0 or block % getvariable('blocks_per_story') = getvariable('story_block')
                then block
            else (block * 7919) % getvariable('base_blocks')
        end * getvariable('members_per_block') + member_place as member_number
    from line
),

drawn as (
    select
        *,
        case when is_story then story_number % getvariable('story_kinds') end as kind,
        (hash(claim_number + getvariable('salt')) >> 2)::bigint as claim_dice,
        (hash(line_number_overall + getvariable('salt') + 1) >> 2)::bigint as line_dice,
        (hash(member_number + getvariable('salt') + 2) >> 2)::bigint as member_dice
    from numbered
),

told as (
    select
        drawn.*,
        story_line.hcpcs as story_hcpcs,
        story_line.revenue as story_revenue,
        story_line.modifier as story_modifier,
        story_line.paid as story_paid,
        story_line.first_diagnosis as story_first_diagnosis,
        story_line.second_diagnosis as story_second_diagnosis,
        coalesce(story_line.is_facility, drawn.claim_dice % 10 < 3) as is_facility,
        coalesce(
            date '2023-12-01' + (drawn.member_dice % 850)::integer + story_line.days_from_anchor,
            getvariable('first_day') + (drawn.claim_dice // 16 % getvariable('day_count'))::integer
        ) as claim_day
    from drawn
    left join story_line
        on
            drawn.kind = story_line.kind
            and drawn.claim_of_member = story_line.claim_of_member
            and drawn.line_number = story_line.line_number
),

served as (
    select
        told.*,
        coalesce(told.story_hcpcs, service.hcpcs) as hcpcs_code,
        case when told.is_facility then coalesce(told.story_revenue, service.revenue) end as revenue_center_code,
        coalesce(told.story_paid * 100, 500 + (told.line_dice // 64 % 30000)::integer) as paid_cents
    from told
    inner join service
        on service.slot = case when told.is_facility then 40 + told.line_dice % 24 else told.line_dice % 40 end
)

select
    'C' || claim_number as claim_id,
    line_number as claim_line_number,
    case when is_facility then 'institutional' else 'professional' end as claim_type,
    'M' || member_number as member_id,
    claim_day as claim_line_start_date,
    claim_day as claim_line_end_date,
    claim_day as claim_start_date,
    claim_day as claim_end_date,
    case member_dice % 4
        when 0 then 'medicare_advantage' when 1 then 'medicare_ffs' else 'commercial'
    end as line_of_business,
    'Example Health' as payer,
    'Example Plan ' || member_dice % 7 as plan,
    case when is_facility then null else '11' end as place_of_service_code,
    case when is_facility then '131' end as bill_type_code,
    revenue_center_code,
    hcpcs_code,
    case
        when story_modifier = '53' and is_facility then '73'
        when story_modifier != '' then story_modifier
        when hcpcs_code = '97110' then 'GP'
    end as hcpcs_modifier_1,
    null::varchar as hcpcs_modifier_2,
    null::varchar as hcpcs_modifier_3,
    null::varchar as hcpcs_modifier_4,
    null::varchar as hcpcs_modifier_5,
    1 + (line_dice // 32 % 3)::integer as service_unit_quantity,
    case when not is_facility then '1' end as diagnosis_pointer,
    null::varchar as condition_codes,
    null::varchar as clinical_trial_number,
    null::varchar as prior_authorization_number,
    case when not is_facility then '19' || lpad((claim_dice % 90000)::varchar, 8, '0') end as rendering_npi,
    '18' || lpad((member_dice // 16 % 9000)::varchar, 8, '0') as billing_npi,
    case when is_facility then '17' || lpad((claim_dice % 500)::varchar, 8, '0') end as facility_npi,
    claim_day + 14 + (claim_dice // 4096 % 30)::integer as paid_date,
    case when is_denied then 0 else paid_cents end / 100::decimal(18, 2) as paid_amount,
    (paid_cents * 12 // 10) / 100::decimal(18, 2) as allowed_amount,
    (paid_cents * 25 // 10) / 100::decimal(18, 2) as charge_amount,
    case when is_denied then 'denied' else 'paid' end as claim_status,
    '1' as claim_frequency_code,
    null::varchar as original_claim_id,
    'benchmark' as data_source,
    'icd-10-cm' as diagnosis_code_type,
    coalesce(
        story_first_diagnosis,
        getvariable('diagnosis_codes')[
            1
            + (hash(claim_number * 4 + 1 + getvariable('salt') + 3) >> 2)::bigint % getvariable('diagnosis_code_count')
        ]
    ) as diagnosis_code_1,
    case
        when diagnosis_count = 2
            then coalesce(
                story_second_diagnosis,
                getvariable('diagnosis_codes')[
                    1 + (hash(claim_number * 4 + 2 + getvariable('salt') + 3) >> 2)::bigint
                    % getvariable('diagnosis_code_count')
                ]
            )
    end as diagnosis_code_2
from (
    select
        *,
        kind is null and claim_dice // 1024 % 25 = 0 as is_denied
    from served
) as final
