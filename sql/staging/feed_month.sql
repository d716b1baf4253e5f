-- One row per feed that has a reach and month: its rows loaded that are dated not after the run date.
--
-- Repeats, older versions and rows of any status count: what was loaded says what days the feed speaks of.
--
-- See docs/rule.md 8.1.

with

dated_row as (
    select
        'medical_claim' as table_name,
        medical_claim.claim_line_start_date as row_date
    from landed.medical_claim
    union all
    select
        'pharmacy_claim' as table_name,
        pharmacy_claim.dispensing_date as row_date
    from landed.pharmacy_claim
),

final as (
    select
        dated_row.table_name,
        cast(date_trunc('month', dated_row.row_date) as date) as month_start_date,
        count(*) as row_count,
        max(dated_row.row_date) as newest_date
    from dated_row
    cross join run_facts.run_given
    where dated_row.row_date <= run_given.as_of_date
    group by dated_row.table_name, cast(date_trunc('month', dated_row.row_date) as date)
)

select * from final
