-- One row per diagnosis of a claim, diagnoses [first_row, end_row) of the history.
with

diagnosis as (
    select
        range_row.range // getvariable('diagnoses_per_block') as block,
        diagnosis_place.*
    from range(getvariable('first_row'), getvariable('end_row')) as range_row
    inner join diagnosis_place on diagnosis_place.place = range_row.range % getvariable('diagnoses_per_block')
),

drawn as (
    select
        *,
        block * getvariable('claims_per_block') + claim_place as claim_number,
        case
            when
                block % getvariable('blocks_per_story') = getvariable('story_block')
                and member_place = getvariable('story_member')
                then block // getvariable('blocks_per_story') % getvariable('story_kinds')
        end as kind
    from diagnosis
)

select
    'C' || drawn.claim_number as claim_id,
    drawn.rank as diagnosis_rank,
    coalesce(
        story_diagnosis.code,
        getvariable('diagnosis_codes')[
            1 + (hash(drawn.claim_number * 4 + drawn.rank + getvariable('salt') + 3) >> 2)::bigint
            % getvariable('diagnosis_code_count')
        ]
    ) as diagnosis_code,
    'icd-10-cm' as diagnosis_code_type,
    null::varchar as present_on_admit_code
from drawn
left join story_diagnosis
    on
        drawn.kind = story_diagnosis.kind
        and drawn.claim_of_member = story_diagnosis.claim_of_member
        and drawn.rank = story_diagnosis.rank
