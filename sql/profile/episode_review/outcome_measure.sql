-- One row per measure of what a night found: its episodes, and their share by outcome and by reason.
--
-- A night without any episode has one row for their number, 0 of 1, so that it is held against nights that had some.

with

counted as (
    select
        count(*) as episode_count,
        count(*) filter (where outcome = 'flagged') as flagged_count,
        sum(paid_amount) filter (where outcome = 'flagged') as flagged_dollars
    from episode_review
),

overall as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                {
                    'measure': 'episodes',
                    'value': cast(episode_count as double),
                    'row_count': greatest(episode_count, 1)
                },
                {
                    'measure': 'flagged_share',
                    'value': flagged_count / episode_count,
                    'row_count': episode_count
                },
                {
                    'measure': 'flagged_dollars',
                    'value': cast(flagged_dollars as double),
                    'row_count': flagged_count
                }
            ]
        ) as one
    from counted
),

reason as (
    select
        'excluded_share' as measure,
        unnest(exclusion_reasons) as reason
    from episode_review
    where outcome = 'excluded'
    union all
    select
        'not_assessable_share' as measure,
        outcome_reason as reason
    from episode_review
    where outcome = 'not_assessable'
),

counted_reason as (
    select
        reason.measure,
        reason.reason,
        count(*) as reason_count
    from reason
    group by reason.measure, reason.reason
),

by_reason as (
    select
        counted_reason.reason,
        {
            'measure': counted_reason.measure,
            'value': counted_reason.reason_count / counted.episode_count,
            'row_count': counted.episode_count
        } as one
    from counted_reason
    cross join counted
),

final as (
    select
        segment_kind,
        segment,
        one.measure,
        one.value,
        one.row_count
    from overall
    union all
    select
        'reason' as segment_kind,
        reason as segment,
        one.measure,
        one.value,
        one.row_count
    from by_reason
)

select * from final
