-- One row per implant episode: its dates, kind, stage, codes, claims and dollars.
--
-- Dollars are those of all counting lines of the claims the episode owns, each line once, and interim bills that repeat
-- a line once. One paid amount that nobody sent makes the sum null, for it is unknown; so does an allowed amount left
-- blank on such a line.
--
-- See docs/rule.md 3.4, 3.7.

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
        sum(claim.pending_count) as pending_count
    from intermediate.episode_claim
    inner join intermediate.claim
        on
            episode_claim.member_id = claim.member_id
            and episode_claim.claim_id = claim.claim_id
    where episode_claim.is_owned
    group by episode_claim.episode_id
),

dollar_total as (
    select
        episode_event.episode_id,
        sum(event_dollar_line.paid_amount) filter (where not event_dollar_line.is_repeated_interim) as paid_amount,
        coalesce(
            sum(event_dollar_line.allowed_amount) filter (where not event_dollar_line.is_repeated_interim), 0
        ) as allowed_amount,
        bool_or(event_dollar_line.paid_amount is null) as is_payment_unknown,
        bool_or(event_dollar_line.paid_amount is null and event_dollar_line.allowed_amount is null)
            as is_allowed_unknown,
        bool_or(event_dollar_line.is_repeated_interim) as has_repeated_interim_line
    from intermediate.episode_event
    inner join intermediate.event_dollar_line
        on
            episode_event.member_id = event_dollar_line.member_id
            and episode_event.event_date = event_dollar_line.event_date
    group by episode_event.episode_id
),

shared_total as (
    select
        episode_claim.episode_id,
        count(*) as claim_count
    from intermediate.episode_claim
    inner join intermediate.shared_claim
        on
            episode_claim.member_id = shared_claim.member_id
            and episode_claim.claim_id = shared_claim.claim_id
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
        case when not coalesce(dollar_total.is_payment_unknown, false) then coalesce(dollar_total.paid_amount, 0) end
            as paid_amount,
        case when not coalesce(dollar_total.is_allowed_unknown, false) then coalesce(dollar_total.allowed_amount, 0) end
            as allowed_amount,
        coalesce(dollar_total.is_payment_unknown, false) as is_payment_unknown,
        coalesce(dollar_total.has_repeated_interim_line, false) as has_repeated_interim_line,
        coalesce(claim_total.pending_count, 0) > 0 as has_pending_line,
        shared_total.claim_count is not null as has_shared_claim
    from event_total
    inner join code_total
        on event_total.episode_id = code_total.episode_id
    left join claim_total
        on event_total.episode_id = claim_total.episode_id
    left join dollar_total
        on event_total.episode_id = dollar_total.episode_id
    left join shared_total
        on event_total.episode_id = shared_total.episode_id
)

select * from final
