-- One row per span, spans [first_row, end_row) of the history: half the members have one, half have two.
with

span as (
    select
        range_row.range // getvariable('spans_per_block') as block,
        span_place.*
    from range(getvariable('first_row'), getvariable('end_row')) as range_row
    inner join span_place on span_place.place = range_row.range % getvariable('spans_per_block')
),

drawn as (
    select
        *,
        block * getvariable('members_per_block') + member_place as member_number,
        (hash(block * getvariable('members_per_block') + member_place + getvariable('salt') + 2) >> 2)::bigint
            as member_dice
    from span
)

select
    'M' || member_number as member_id,
    case when span_number = 0 then date '2019-01-01' else date '2024-01-01' end as enrollment_start_date,
    case when span_number = 0 and span_count = 2 then date '2023-12-31' end as enrollment_end_date,
    case member_dice % 4
        when 0 then 'medicare_advantage' when 1 then 'medicare_ffs' else 'commercial'
    end as line_of_business,
    'Example Health' as payer,
    'Example Plan ' || member_dice % 7 as plan,
    member_dice // 32 % 20 != 0 as has_pharmacy_benefit,
    date '1940-01-15' + (member_dice // 64 % 20000)::integer as birth_date,
    case when member_dice // 128 % 2 = 0 then 'F' else 'M' end as gender,
    'OH' as state
from drawn
where getvariable('base_blocks') = 0 or block % getvariable('blocks_per_story') = getvariable('story_block')
