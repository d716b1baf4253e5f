-- One row per measure of a delivery's diagnosis rows; first ranks are counted in one part of the claims.
--
-- The number of parts is of the type of a hash: a remainder of two types takes twenty times as long.

with

counted as materialized (
    select
        count(*) as row_count,
        count(*) filter (where diagnosis_rank = 1) as first_count,
        count(*) filter (where diagnosis_rank > 1) as later_count,
        count(diagnosis_code) as coded_count,
        count(*) filter (where length(diagnosis_code) = 3) as short_count,
        count(*) filter (where diagnosis_code_type = 'icd-9-cm') as old_count
    from delivered_claim_diagnosis
),

part as materialized (
    select cast(greatest(1, row_count // 20000) as ubigint) as parts
    from counted
),

claim as (
    select
        claim_id,
        count(*) filter (where diagnosis_rank = 1) as first_count
    from delivered_claim_diagnosis
    where hash(claim_id) % (select part.parts from part) = 0
    group by claim_id
),

claims as (
    select
        count(*) as claim_count,
        count(*) filter (where first_count > 1) as several_first_count
    from claim
),

measured as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                { 'measure': 'rows', 'value': counted.row_count, 'row_count': counted.row_count },
                {
                    'measure': 'later_rank_share',
                    'value': counted.later_count / counted.row_count,
                    'row_count': counted.row_count
                },
                {
                    'measure': 'several_first_share',
                    'value': claims.several_first_count / claims.claim_count,
                    'row_count': counted.row_count
                },
                {
                    'measure': 'blank_code_share',
                    'value': 1 - counted.coded_count / counted.row_count,
                    'row_count': counted.row_count
                },
                {
                    'measure': 'short_code_share',
                    'value': counted.short_count / counted.coded_count,
                    'row_count': counted.coded_count
                },
                {
                    'measure': 'old_system_share',
                    'value': counted.old_count / counted.row_count,
                    'row_count': counted.row_count
                }
            ]
        ) as one
    from counted
    cross join claims
),

final as (
    select
        segment_kind,
        segment,
        one.measure,
        one.value,
        one.row_count
    from measured
)

select * from final
