-- One row per delivered fill, with its days as the rule reads them and whether it takes a fill back.
--
-- A negative quantity with positive days' supply gives minus those days. A reversed row with positive days takes back
-- one fill of the same member, claim and line (compared without leading zeros, blank equal to blank), neither denied
-- nor reversed and with positive days.
--
-- See docs/rule.md 2.8.

with

signed as (
    select
        pharmacy_claim.* exclude (days_supply),
        cast(
            case
                when pharmacy_claim.quantity < 0 and pharmacy_claim.days_supply > 0 then -pharmacy_claim.days_supply
                else pharmacy_claim.days_supply
            end as integer
        ) as days_supply,
        coalesce(pharmacy_claim.claim_status, 'paid') as fill_status,
        coalesce(nullif(ltrim(pharmacy_claim.claim_line_number, '0'), ''), left(pharmacy_claim.claim_line_number, 1))
            as line_key
    from staging.pharmacy_claim
),

final as (
    select
        signed.*,
        signed.fill_status = 'reversed' and signed.days_supply > 0 as takes_fill_back,
        signed.fill_status not in ('denied', 'reversed') and signed.days_supply > 0 as can_be_taken_back
    from signed
)

select * from final
