-- One row per implant episode: its dates, kind, stage, codes, claims and dollars.
--
-- Dollars are those of all counting lines of the claims the episode owns, each line once (rule, section 3).

with

event_total as (
    select
        episode_event.episode_id,
        episode_event.member_id,
        episode_event.anchor_date,
        max(episode_event.event_date) as last_event_date,
        case
            when count(distinct episode_event.event_kind) = 2 then 'trial_then_permanent'
            when min(episode_event.event_kind) = 'trial' then 'trial_only'
            else 'permanent_only'
        end as episode_kind,
        bool_or(episode_event.event_kind = 'permanent') as has_permanent_event,
        case when bool_and(episode_event.is_initial) then 'initial' else 'replacement_or_revision' end as event_stage,
        bool_and(episode_event.is_aborted) as is_aborted,
        bool_or(episode_event.has_paddle_lead) as has_paddle_lead,
        arg_min(episode_event.trial_date, episode_event.event_date) as device_history_until_date
    from intermediate.episode_event
    group by episode_event.episode_id, episode_event.member_id, episode_event.anchor_date
),

code_total as (
    select
        episode_index_line.episode_id,
        list(distinct episode_index_line.code order by episode_index_line.code) as index_codes,
        min(episode_index_line.claim_id) filter (
            where episode_index_line.event_date = event_total.anchor_date
        ) as first_index_claim_id
    from intermediate.episode_index_line
    inner join event_total
        on episode_index_line.episode_id = event_total.episode_id
    group by episode_index_line.episode_id
),

claim_total as (
    select
        episode_claim.episode_id,
        list(episode_claim.claim_id order by episode_claim.claim_id) as claim_ids,
        sum(claim.paid_amount) as paid_amount,
        sum(claim.allowed_amount) as allowed_amount,
        sum(claim.pending_count) as pending_count
    from intermediate.episode_claim
    inner join intermediate.claim
        on
            episode_claim.member_id = claim.member_id
            and episode_claim.claim_id = claim.claim_id
    where episode_claim.is_owned
    group by episode_claim.episode_id
),

final as (
    select
        event_total.*,
        'NA-' || cast(year(event_total.anchor_date) as varchar) || '-' || upper(
            left(sha256(event_total.member_id || '|' || code_total.first_index_claim_id), 12)
        ) as new_case_id,
        code_total.index_codes,
        coalesce(claim_total.claim_ids, cast([] as varchar[])) as claim_ids,
        coalesce(claim_total.paid_amount, 0) as paid_amount,
        coalesce(claim_total.allowed_amount, 0) as allowed_amount,
        coalesce(claim_total.pending_count, 0) > 0 as has_pending_line
    from event_total
    inner join code_total
        on event_total.episode_id = code_total.episode_id
    left join claim_total
        on event_total.episode_id = claim_total.episode_id
)

select * from final
