-- One row per statement about a course of care: two for each story of documented failure, one for some others.
with

block_row as (
    select range_row.range as block
    from range(getvariable('first_row'), getvariable('end_row')) as range_row
    where range_row.range % getvariable('blocks_per_story') = getvariable('story_block')
),

told as (
    select
        block * getvariable('members_per_block') + getvariable('story_member') as member_number,
        block // getvariable('blocks_per_story') % getvariable('story_kinds') as kind
    from block_row
),

stated as (
    select
        told.member_number,
        told.kind,
        modality.word,
        date '2023-12-01'
        + ((hash(told.member_number + getvariable('salt') + 2) >> 2)::bigint % 850)::integer as anchor_date
    from told
    inner join (values ('physical_therapy', 1), ('nsaid', 2)) as modality (word, number)
        on told.kind = 3 or (told.kind in (1, 2, 9) and modality.number = 1)
)

select
    'D' || member_number || '-' || word as document_id,
    'M' || member_number as member_id,
    word as modality,
    case when kind = 2 then 'refused' else 'no_benefit' end as outcome,
    anchor_date - 14 as document_date,
    anchor_date - 230 as start_date,
    anchor_date - 140 as end_date,
    12 as visit_count,
    'pain_physician' as author_role,
    'progress_note' as source_type,
    'benchmark' as source_reference
from stated
