-- One row per delivered fill that can be evidence, with its drug code in a comparable form.
--
-- Denied fills never count. A reversed fill with positive days, and the fill it takes back, are left out; what has
-- negative days counts whatever else its status. An NDC of 11 digits stands; a hyphenated one is padded by segment to
-- 5-4-2; 10 digits without hyphens match nothing.
--
-- See docs/rule.md 1.1, 2.8.

with

segmented as (
    select
        delivered_fill.* exclude (fill_status, line_key, takes_fill_back, can_be_taken_back),
        string_split(delivered_fill.ndc_code, '-') as ndc_segments
    from intermediate.delivered_fill
    left join intermediate.taken_back_fill
        on
            delivered_fill.delivery_number = taken_back_fill.delivery_number
            and delivered_fill.file_number = taken_back_fill.file_number
            and delivered_fill.source_row = taken_back_fill.source_row
    where
        delivered_fill.fill_status <> 'denied'
        and not delivered_fill.takes_fill_back
        and taken_back_fill.source_row is null
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
