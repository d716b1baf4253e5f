-- One row per implantation event and counting line of a claim that it owns: the lines that carry its dollars.
--
-- Interim bills are institutional lines whose frequency, or last character of the bill type, is 2, 3 or 4. Such lines
-- of different claims of the event that agree in revenue code, code, start date, units and paid amount (blank equal to
-- blank) count as often as in the bill that holds most of them, its lines; ties go to the first claim by claim date and
-- identifier. The others are is_repeated_interim and carry nothing.
--
-- See docs/rule.md 3.4.

with

owned_line as (
    select
        event_claim.member_id,
        event_claim.event_date,
        event_claim.claim_id,
        counting_line.line_key,
        claim.claim_date,
        counting_line.revenue_center_code,
        counting_line.hcpcs_code,
        counting_line.claim_line_start_date,
        counting_line.service_unit_quantity,
        counting_line.paid_amount,
        counting_line.allowed_amount,
        counting_line.claim_type = 'institutional'
        and (
            coalesce(counting_line.claim_frequency_code in ('2', '3', '4'), false)
            or coalesce(right(counting_line.bill_type_code, 1) in ('2', '3', '4'), false)
        ) as is_interim
    from intermediate.event_claim
    inner join intermediate.claim
        on
            event_claim.member_id = claim.member_id
            and event_claim.claim_id = claim.claim_id
    inner join intermediate.counting_line
        on
            event_claim.member_id = counting_line.member_id
            and event_claim.claim_id = counting_line.claim_id
    where event_claim.is_owned
),

numbered_line as (
    select
        owned_line.*,
        dense_rank() over (
            order by
                owned_line.member_id,
                owned_line.event_date,
                owned_line.revenue_center_code,
                owned_line.hcpcs_code,
                owned_line.claim_line_start_date,
                owned_line.service_unit_quantity,
                owned_line.paid_amount
        ) as service_number
    from owned_line
),

billed_service as (
    select
        numbered_line.service_number,
        numbered_line.claim_id,
        row_number() over (
            partition by numbered_line.service_number
            order by count(*) desc, numbered_line.claim_date asc, numbered_line.claim_id asc
        ) as bill_number
    from numbered_line
    where numbered_line.is_interim
    group by numbered_line.service_number, numbered_line.claim_id, numbered_line.claim_date
),

final as (
    select
        numbered_line.member_id,
        numbered_line.event_date,
        numbered_line.claim_id,
        numbered_line.line_key,
        numbered_line.paid_amount,
        numbered_line.allowed_amount,
        numbered_line.is_interim and billed_service.bill_number > 1 as is_repeated_interim
    from numbered_line
    left join billed_service
        on
            numbered_line.service_number = billed_service.service_number
            and numbered_line.claim_id = billed_service.claim_id
)

select * from final
