-- One row per replacement or void and claim that it names as its original.
--
-- A claim is an 8 when a final line says so, else a 7 when one does; all originals that its lines of that code name are
-- originals of it. is_in_data tells whether the original is another claim of the member in the data received; a claim
-- that names itself names nothing. Total lines say nothing.
--
-- See docs/rule.md 2.3, 2.6.

with

adjustment as (
    select
        final_line.member_id,
        final_line.claim_id,
        max(final_line.claim_frequency_code) as claim_frequency_code
    from intermediate.final_line
    where
        final_line.claim_frequency_code in ('7', '8')
        and not final_line.is_total_line
    group by final_line.member_id, final_line.claim_id
),

named as (
    select
        final_line.member_id,
        final_line.claim_id,
        final_line.claim_frequency_code,
        final_line.original_claim_id
    from intermediate.final_line
    inner join adjustment
        on
            final_line.member_id = adjustment.member_id
            and final_line.claim_id = adjustment.claim_id
            and final_line.claim_frequency_code = adjustment.claim_frequency_code
    where
        final_line.original_claim_id is not null
        and not final_line.is_total_line
    group by
        final_line.member_id,
        final_line.claim_id,
        final_line.claim_frequency_code,
        final_line.original_claim_id
),

delivered_claim as (
    select
        final_line.member_id,
        final_line.claim_id
    from intermediate.final_line
    group by final_line.member_id, final_line.claim_id
),

final as (
    select
        named.*,
        delivered_claim.claim_id is not null as is_in_data
    from named
    left join delivered_claim
        on
            named.member_id = delivered_claim.member_id
            and named.original_claim_id = delivered_claim.claim_id
            and named.claim_id <> delivered_claim.claim_id
)

select * from final
