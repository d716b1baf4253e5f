-- One row per delivered fill that can be evidence, with its drug code in a comparable form.
--
-- Denied fills never count; reversed fills count only as negative days (rule, section 2). An NDC of 11 digits
-- stands; a hyphenated one is padded by segment to 5-4-2; 10 digits without hyphens match nothing (rule, section 1).

with

segmented as (
    select
        pharmacy_claim.*,
        string_split(pharmacy_claim.ndc_code, '-') as ndc_segments
    from staging.pharmacy_claim
    where
        coalesce(pharmacy_claim.claim_status, 'paid') <> 'denied'
        and not (coalesce(pharmacy_claim.claim_status, 'paid') = 'reversed' and pharmacy_claim.days_supply > 0)
),

final as (
    select
        segmented.* exclude (ndc_segments),
        case
            when regexp_full_match(segmented.ndc_code, '[0-9]{11}') then segmented.ndc_code
            when
                regexp_full_match(segmented.ndc_code, '[0-9]{4}-[0-9]{4}-[0-9]{2}')
                or regexp_full_match(segmented.ndc_code, '[0-9]{5}-[0-9]{3}-[0-9]{2}')
                or regexp_full_match(segmented.ndc_code, '[0-9]{5}-[0-9]{4}-[0-9]{1,2}')
                then
                    lpad(segmented.ndc_segments[1], 5, '0')
                    || lpad(segmented.ndc_segments[2], 4, '0')
                    || lpad(segmented.ndc_segments[3], 2, '0')
        end as ndc_digits
    from segmented
)

select * from final
