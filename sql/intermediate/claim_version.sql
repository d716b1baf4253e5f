-- One row per claim (member and claim identifier): what its final lines say together.
--
-- A claim that any final line calls 8 is a void, else one that any calls 7 is a replacement; the claim it names
-- is the one named last by such a line. One that names itself, or an original that is not in the data, stands alone
-- (has_original is false). It acts unless all its lines are denied, or some are pending and none
-- paid; a later reversal does not undo what it did (rule, section 2.3). A claim whose paid lines sum to zero or
-- less and hold a negative amount is reversed whole (2.5).

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
        coalesce(sum(final_line.paid_amount) filter (where final_line.claim_status = 'paid'), 0) as paid_line_amount,
        max(final_line.paid_date) as latest_paid_date,
        max(final_line.claim_frequency_code) filter (where final_line.claim_frequency_code in ('7', '8'))
            as claim_frequency_code
    from intermediate.final_line
    group by final_line.member_id, final_line.claim_id
),

naming_line as (
    select
        final_line.member_id,
        final_line.claim_id,
        final_line.original_claim_id,
        row_number() over (
            partition by final_line.member_id, final_line.claim_id
            order by
                final_line.delivery_number desc,
                final_line.file_number desc,
                final_line.source_row desc
        ) as naming_number
    from intermediate.final_line
    inner join line_total
        on
            final_line.member_id = line_total.member_id
            and final_line.claim_id = line_total.claim_id
            and final_line.claim_frequency_code = line_total.claim_frequency_code
    where final_line.original_claim_id is not null
),

final as (
    select
        line_total.*,
        naming_line.original_claim_id,
        original.claim_id is not null as has_original,
        original.claim_id is not null
        and line_total.pending_count > 0
        and line_total.paid_count = 0 as is_pending_request,
        original.claim_id is not null
        and line_total.denied_count < line_total.line_count
        and not (line_total.pending_count > 0 and line_total.paid_count = 0) as is_acting,
        line_total.negative_count > 0 and line_total.paid_line_amount <= 0 as is_reversed_whole
    from line_total
    left join naming_line
        on
            line_total.member_id = naming_line.member_id
            and line_total.claim_id = naming_line.claim_id
            and naming_line.naming_number = 1
    left join line_total as original
        on
            line_total.member_id = original.member_id
            and naming_line.original_claim_id = original.claim_id
            and line_total.claim_id <> original.claim_id
)

select * from final
