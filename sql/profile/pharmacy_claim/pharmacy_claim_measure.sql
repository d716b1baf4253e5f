-- One row per measure of a delivery's fills.

with

counted as materialized (
    select
        date_trunc('month', dispensing_date) as fill_month,
        count(*) as fill_count,
        count(*) filter (where days_supply between 0 and 1) as short_count,
        sum(least(days_supply, 90)) as days_sum,
        count(*) filter (where claim_status = 'denied') as denied_count,
        count(*) filter (where coalesce(ndc_code, rxnorm_code, atc_code) is null) as unnamed_count
    from delivered_pharmacy_claim
    group by date_trunc('month', dispensing_date)
),

busy as (
    select max(fill_month) as newest_month
    from counted
    where fill_count >= 0.2 * (select max(fullest.fill_count) from counted as fullest)
),

summed as (
    select
        sum(fill_count) as fill_count,
        sum(short_count) as short_count,
        sum(days_sum) as days_sum,
        sum(denied_count) as denied_count,
        sum(unnamed_count) as unnamed_count
    from counted
),

measured as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                { 'measure': 'fills', 'value': summed.fill_count, 'row_count': summed.fill_count },
                {
                    'measure': 'short_supply_share',
                    'value': summed.short_count / summed.fill_count,
                    'row_count': summed.fill_count
                },
                {
                    'measure': 'days_supply_typical',
                    'value': summed.days_sum / summed.fill_count,
                    'row_count': summed.fill_count
                },
                {
                    'measure': 'denied_share',
                    'value': summed.denied_count / summed.fill_count,
                    'row_count': summed.fill_count
                },
                {
                    'measure': 'unnamed_drug_share',
                    'value': summed.unnamed_count / summed.fill_count,
                    'row_count': summed.fill_count
                },
                {
                    'measure': 'newest_month',
                    'value': cast(date_diff('month', date '1900-01-01', busy.newest_month) as double),
                    'row_count': summed.fill_count
                }
            ]
        ) as one
    from summed
    cross join busy
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
