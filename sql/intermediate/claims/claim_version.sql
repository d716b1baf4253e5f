-- One row per claim (member and claim identifier): what its final lines say together.
--
-- A claim that any final line calls 8 is a void, else one that any calls 7 is a replacement; the claims it names are
-- those of claim_original, of which the greatest name is shown here. One that names itself, or no original that is in
-- the data, stands alone (has_original is false). It acts unless all its lines are denied, or some are pending and none
-- paid; a later reversal does not undo what it did. A claim whose paid lines sum to zero or less and hold a negative
-- amount, and no unknown one, is reversed whole (2.5). Total lines are left out.
--
-- See docs/rule.md 2.3, 2.5, 2.6.

with

line_total as (
    select
        final_line.member_id,
        final_line.claim_id,
        count(*) as line_count,
        count(*) filter (where final_line.claim_status = 'denied') as denied_count,
        count(*) filter (where final_line.claim_status = 'pending') as pending_count,
        count(*) filter (where final_line.claim_status = 'paid') as paid_count,
        count(*) filter (where final_line.claim_status = 'paid' and final_line.paid_amount < 0) as negative_count,
        count(*) filter (where final_line.claim_status = 'paid' and final_line.paid_amount is null) as unknown_count,
        coalesce(sum(final_line.paid_amount) filter (where final_line.claim_status = 'paid'), 0) as paid_line_amount,
        max(final_line.paid_date) as latest_paid_date,
        max(final_line.claim_frequency_code) filter (where final_line.claim_frequency_code in ('7', '8'))
            as claim_frequency_code
    from intermediate.final_line
    where not final_line.is_total_line
    group by final_line.member_id, final_line.claim_id
),

named_original as (
    select
        claim_original.member_id,
        claim_original.claim_id,
        bool_or(claim_original.is_in_data) as has_original,
        coalesce(
            max(claim_original.original_claim_id) filter (where claim_original.is_in_data),
            max(claim_original.original_claim_id)
        ) as original_claim_id
    from intermediate.claim_original
    group by claim_original.member_id, claim_original.claim_id
),

final as (
    select
        line_total.*,
        named_original.original_claim_id,
        coalesce(named_original.has_original, false) as has_original,
        coalesce(named_original.has_original, false)
        and line_total.pending_count > 0
        and line_total.paid_count = 0 as is_pending_request,
        coalesce(named_original.has_original, false)
        and line_total.denied_count < line_total.line_count
        and not (line_total.pending_count > 0 and line_total.paid_count = 0) as is_acting,
        line_total.negative_count > 0
        and line_total.unknown_count = 0
        and line_total.paid_line_amount <= 0 as is_reversed_whole
    from line_total
    left join named_original
        on
            line_total.member_id = named_original.member_id
            and line_total.claim_id = named_original.claim_id
)

select * from final
