-- One row per fill, fills [first_row, end_row) of the history; stories with exercise also have two drug classes.
with

fill as (
    select
        range_row.range as fill_number,
        range_row.range // getvariable('fills_per_block') as block,
        range_row.range % getvariable('members_per_block') as member_place,
        range_row.range % getvariable('fills_per_block') // getvariable('members_per_block') as fill_of_member
    from range(getvariable('first_row'), getvariable('end_row')) as range_row
),

drawn as (
    select
        *,
        case
            when getvariable('base_blocks') = 0 or block % getvariable('blocks_per_story') = getvariable('story_block')
                then block
            else (block * 7919) % getvariable('base_blocks')
        end * getvariable('members_per_block') + member_place as member_number,
        case
            when
                block % getvariable('blocks_per_story') = getvariable('story_block')
                and member_place = getvariable('story_member')
                then block // getvariable('blocks_per_story') % getvariable('story_kinds')
        end as kind,
        (hash(fill_number + getvariable('salt') + 4) >> 2)::bigint as dice
    from fill
),

told as (
    select
        drawn.*,
        (hash(drawn.member_number + getvariable('salt') + 2) >> 2)::bigint as member_dice,
        story.kind is not null as has_drug_story
    from drawn
    left join story on drawn.kind = story.kind and story.care = 'exercise'
)

select
    'F' || told.fill_number as claim_id,
    1 as claim_line_number,
    'M' || told.member_number as member_id,
    case
        when told.has_drug_story
            then date '2023-12-01' + (told.member_dice % 850)::integer - 200 + 35 * (told.fill_of_member % 5)::integer
        else getvariable('first_day') + (told.dice // 64 % getvariable('day_count'))::integer
    end as dispensing_date,
    drug.ndc as ndc_code,
    drug.rxnorm as rxnorm_code,
    null::varchar as atc_code,
    drug.name as generic_name,
    30 as quantity,
    30 as days_supply,
    (300 + told.dice // 128 % 4000)::integer / 100::decimal(18, 2) as paid_amount,
    case when not told.has_drug_story and told.dice // 8192 % 50 = 0 then 'denied' else 'paid' end as claim_status
from told
inner join drug
    on drug.slot = case when told.has_drug_story then told.fill_of_member // 5 else told.dice % 8 end
