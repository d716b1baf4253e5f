-- One row per episode and claim line whose money was looked at for it: paid_amount and allowed_amount are what it adds.
--
-- The lines of an episode sum to its dollars, to the cent; a line is in one episode. dollar_reason says why the line
-- belongs: index_line (it is an index line), index_claim (another line of such a claim), companion_line (it carries a
-- device code on the days of the surgery), companion_claim (another line of such a claim). dollar_state: counted;
-- credited (a credit or the line it takes out: both are added); repeated_interim (another interim bill has the line, so
-- it adds 0); unknown (nobody sent what was paid, so the episode's dollars are unknown). line_paid_amount and
-- line_allowed_amount are what the line itself says; a blank allowed amount adds 0 where the paid one is known.
--
-- See docs/rule.md 3.4.

with

companion_line as (
    select
        event_claim.member_id,
        event_claim.event_date,
        device_service.claim_id,
        device_service.source_key as line_key
    from intermediate.event_claim
    inner join intermediate.device_service
        on
            event_claim.member_id = device_service.member_id
            and event_claim.claim_id = device_service.claim_id
    inner join intermediate.episode_event
        on
            event_claim.member_id = episode_event.member_id
            and event_claim.event_date = episode_event.event_date
            and device_service.service_date >= episode_event.event_date
            and device_service.service_date <= episode_event.event_window_end_date
    where
        event_claim.is_owned
        and not event_claim.is_index_claim
        and device_service.is_in_scope
        and device_service.source_table = 'medical_claim'
    group by event_claim.member_id, event_claim.event_date, device_service.claim_id, device_service.source_key
),

final as (
    select
        episode_event.episode_id,
        episode_event.event_date,
        event_dollar_line.claim_id,
        counting_line.claim_line_number,
        counting_line.claim_line_start_date,
        case when counting_line.hcpcs_code is null then 'revenue-code' else 'hcpcs' end as code_system,
        coalesce(counting_line.hcpcs_code, counting_line.revenue_center_code) as code,
        counting_line.billing_npi,
        counting_line.rendering_npi,
        counting_line.facility_npi,
        counting_line.claim_status,
        case
            when episode_index_line.source_key is not null then 'index_line'
            when event_claim.is_index_claim then 'index_claim'
            when companion_line.line_key is not null then 'companion_line'
            else 'companion_claim'
        end as dollar_reason,
        case
            when event_dollar_line.paid_amount is null then 'unknown'
            when event_dollar_line.is_repeated_interim then 'repeated_interim'
            when counting_line.is_credited then 'credited'
            else 'counted'
        end as dollar_state,
        cast(
            case
                when event_dollar_line.paid_amount is not null and event_dollar_line.is_repeated_interim then 0
                else event_dollar_line.paid_amount
            end as decimal(18, 2)
        ) as paid_amount,
        cast(
            case
                when event_dollar_line.paid_amount is null and event_dollar_line.allowed_amount is null then null
                when event_dollar_line.is_repeated_interim then 0
                else coalesce(event_dollar_line.allowed_amount, 0)
            end as decimal(18, 2)
        ) as allowed_amount,
        event_dollar_line.paid_amount as line_paid_amount,
        event_dollar_line.allowed_amount as line_allowed_amount,
        delivered_file.file_name as source_file,
        counting_line.source_row
    from intermediate.episode_event
    inner join intermediate.event_dollar_line
        on
            episode_event.member_id = event_dollar_line.member_id
            and episode_event.event_date = event_dollar_line.event_date
    inner join intermediate.event_claim
        on
            event_dollar_line.member_id = event_claim.member_id
            and event_dollar_line.event_date = event_claim.event_date
            and event_dollar_line.claim_id = event_claim.claim_id
    inner join intermediate.counting_line
        on
            event_dollar_line.member_id = counting_line.member_id
            and event_dollar_line.claim_id = counting_line.claim_id
            and event_dollar_line.line_key = counting_line.line_key
    left join intermediate.episode_index_line
        on
            event_dollar_line.member_id = episode_index_line.member_id
            and event_dollar_line.claim_id = episode_index_line.claim_id
            and event_dollar_line.line_key = episode_index_line.source_key
            and episode_index_line.source_table = 'medical_claim'
    left join companion_line
        on
            event_dollar_line.member_id = companion_line.member_id
            and event_dollar_line.event_date = companion_line.event_date
            and event_dollar_line.claim_id = companion_line.claim_id
            and event_dollar_line.line_key = companion_line.line_key
    left join landed.delivered_file
        on
            counting_line.delivery_number = delivered_file.delivery_number
            and counting_line.file_number = delivered_file.file_number
            and delivered_file.table_name = 'medical_claim'
    order by
        episode_event.episode_id,
        episode_event.event_date,
        event_dollar_line.claim_id,
        event_dollar_line.line_key
)

select * from final
