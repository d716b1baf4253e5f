-- One row per prior authorization: of every tenth story, and of some ordinary members.
with

block_row as (
    select range_row.range as block
    from range(getvariable('first_row'), getvariable('end_row')) as range_row
),

asked as (
    select
        block * getvariable('members_per_block') + getvariable('story_member') as member_number,
        block % getvariable('blocks_per_story') = getvariable('story_block') as is_story,
        block // getvariable('blocks_per_story') % getvariable('story_kinds') as kind
    from block_row
    where block % 25 = getvariable('story_block') % 25
),

dated as (
    select
        *,
        date '2023-12-01' + ((hash(member_number + getvariable('salt') + 2) >> 2)::bigint % 850)::integer as anchor_date
    from asked
    where not is_story or kind in (4, 5)
)

select
    'PA' || member_number as authorization_id,
    'M' || member_number as member_id,
    case when is_story and kind != 4 then 'denied' else 'approved' end as decision,
    case when is_story then '63650' else '72148' end as hcpcs_code,
    anchor_date - 20 as decision_date,
    anchor_date - 15 as valid_from,
    anchor_date + 90 as valid_to
from dated
