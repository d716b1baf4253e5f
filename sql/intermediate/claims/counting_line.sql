-- One row per claim line that counts: the final version of a paid or pending line of a claim that counts.
--
-- Denied and reversed lines do not count for episodes, care or dollars, nor do total lines. A credit (paid amount or
-- units below zero) takes out one line of its claim that is no credit: the first by line number with the same codes and
-- start date and the opposite amount, or where its amount is 0, with the amount 0 and the opposite units. Both are
-- credited: they count for dollars alone (2.7). A credit and what it can take agree in all columns of the windows
-- below, so as many of the first lines are taken as there are credits.
--
-- See docs/rule.md 2.4, 2.6, 2.7.

with

counted as (
    select
        final_line.* exclude (is_total_line),
        coalesce(final_line.paid_amount < 0, false) or coalesce(final_line.service_unit_quantity < 0, false)
            as is_credit
    from intermediate.final_line
    inner join intermediate.claim_final_state
        on
            final_line.member_id = claim_final_state.member_id
            and final_line.claim_id = claim_final_state.claim_id
            and claim_final_state.final_state = 'counts'
    where
        final_line.claim_status in ('paid', 'pending')
        and not final_line.is_total_line
),

credited_claim as (
    select
        counted.member_id,
        counted.claim_id
    from counted
    where counted.is_credit
    group by counted.member_id, counted.claim_id
),

line_beside_credit as (
    select
        counted.member_id,
        counted.claim_id,
        counted.line_key,
        counted.hcpcs_code,
        counted.revenue_center_code,
        counted.claim_line_start_date,
        counted.paid_amount,
        counted.is_credit,
        abs(counted.paid_amount) as opposite_amount,
        case when coalesce(counted.paid_amount, 0) = 0 then abs(counted.service_unit_quantity) end as opposite_units
    from counted
    inner join credited_claim
        on
            counted.member_id = credited_claim.member_id
            and counted.claim_id = credited_claim.claim_id
),

matched as (
    select
        line_beside_credit.member_id,
        line_beside_credit.claim_id,
        line_beside_credit.line_key,
        line_beside_credit.is_credit,
        count(*) filter (
            where line_beside_credit.is_credit and coalesce(line_beside_credit.paid_amount, 0) <= 0
        ) over (
            partition by
                line_beside_credit.member_id,
                line_beside_credit.claim_id,
                line_beside_credit.hcpcs_code,
                line_beside_credit.revenue_center_code,
                line_beside_credit.claim_line_start_date,
                line_beside_credit.opposite_amount,
                line_beside_credit.opposite_units
        ) as taking_count,
        row_number() over (
            partition by
                line_beside_credit.member_id,
                line_beside_credit.claim_id,
                line_beside_credit.hcpcs_code,
                line_beside_credit.revenue_center_code,
                line_beside_credit.claim_line_start_date,
                line_beside_credit.opposite_amount,
                line_beside_credit.opposite_units,
                line_beside_credit.is_credit
            order by length(line_beside_credit.line_key) asc, line_beside_credit.line_key asc
        ) as turn
    from line_beside_credit
),

final as (
    select
        counted.* exclude (is_credit),
        matched.line_key is not null and (matched.is_credit or matched.turn <= matched.taking_count) as is_credited
    from counted
    left join matched
        on
            counted.member_id = matched.member_id
            and counted.claim_id = matched.claim_id
            and counted.line_key = matched.line_key
)

select * from final
