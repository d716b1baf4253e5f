-- One row per feed that has a reach and day: its rows loaded that are dated that day.
--
-- Repeats, older versions and rows of any status count: what was loaded says what days the feed speaks of.
--
-- See docs/rule.md 8.1.

with

final as (
    select
        'medical_claim' as table_name,
        medical_claim.claim_line_start_date as row_date,
        count(*) as row_count
    from landed.medical_claim
    group by medical_claim.claim_line_start_date
    union all
    select
        'pharmacy_claim' as table_name,
        pharmacy_claim.dispensing_date as row_date,
        count(*) as row_count
    from landed.pharmacy_claim
    group by pharmacy_claim.dispensing_date
)

select * from final
