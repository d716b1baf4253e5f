-- One row per claim with a counting line: its dates, type and line of business.
--
-- claim_date is the earliest claim_start_date of the counting lines, else their earliest line start; coding_date, by
-- which diagnoses are valid, is their latest claim_end_date, else the claim date. A claim with an institutional line is
-- institutional. Credited lines bring dollars and pending lines alone; a claim that has no other counting line is dated
-- and typed by them (2.7).
--
-- See docs/rule.md 1.3, 2.7.

with

claim_total as (
    select
        counting_line.member_id,
        counting_line.claim_id,
        sum(counting_line.paid_amount) as paid_amount,
        sum(coalesce(counting_line.allowed_amount, 0)) as allowed_amount,
        count(*) filter (where counting_line.claim_status = 'pending') as pending_count,
        bool_or(not counting_line.is_credited) as has_standing_line
    from intermediate.counting_line
    group by counting_line.member_id, counting_line.claim_id
),

claim_line as (
    select
        counting_line.member_id,
        counting_line.claim_id,
        coalesce(min(counting_line.claim_start_date), min(counting_line.claim_line_start_date)) as claim_date,
        max(counting_line.claim_end_date) as claim_end_date,
        min(counting_line.claim_type) as claim_type,
        min(counting_line.line_of_business) as line_of_business
    from intermediate.counting_line
    inner join claim_total
        on
            counting_line.member_id = claim_total.member_id
            and counting_line.claim_id = claim_total.claim_id
            and counting_line.is_credited <> claim_total.has_standing_line
    group by counting_line.member_id, counting_line.claim_id
),

final as (
    select
        claim_line.*,
        coalesce(claim_line.claim_end_date, claim_line.claim_date) as coding_date,
        claim_total.paid_amount,
        claim_total.allowed_amount,
        claim_total.pending_count,
        claim_total.has_standing_line
    from claim_line
    inner join claim_total
        on
            claim_line.member_id = claim_total.member_id
            and claim_line.claim_id = claim_total.claim_id
)

select * from final
