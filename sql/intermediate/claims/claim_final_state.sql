-- One row per claim (member and claim identifier) with its final state, and the claim that settled it.
--
-- States, first that holds: void_request (an 8), in_ring, pending_request (a 7 with a pending and no paid line),
-- voided, superseded (an acting replacement stands later in its chain), reversed (whole), not_paid (no line is paid or
-- pending), outranked (another live replacement of the same original was paid later), counts. Of two live replacements
-- the later by latest paid_date (missing first), then claim_id, counts.
--
-- See docs/rule.md 2.3, 2.5.

with

ring as (
    select
        claim_ancestor.member_id,
        claim_ancestor.claim_id
    from intermediate.claim_ancestor
    where claim_ancestor.claim_id = claim_ancestor.ancestor_claim_id
),

supersession as (
    select
        claim_ancestor.member_id,
        claim_ancestor.ancestor_claim_id as claim_id,
        max(claim_ancestor.claim_id) as settled_by_claim_id
    from intermediate.claim_ancestor
    inner join intermediate.claim_version
        on
            claim_ancestor.member_id = claim_version.member_id
            and claim_ancestor.claim_id = claim_version.claim_id
    where
        claim_version.claim_frequency_code = '7'
        and claim_version.is_acting
        and claim_ancestor.claim_id <> claim_ancestor.ancestor_claim_id
    group by claim_ancestor.member_id, claim_ancestor.ancestor_claim_id
),

voiding as (
    select
        claim_original.member_id,
        claim_original.original_claim_id as claim_id,
        max(claim_original.claim_id) as settled_by_claim_id
    from intermediate.claim_original
    inner join intermediate.claim_version
        on
            claim_original.member_id = claim_version.member_id
            and claim_original.claim_id = claim_version.claim_id
    where
        claim_original.claim_frequency_code = '8'
        and claim_original.is_in_data
        and claim_version.is_acting
    group by claim_original.member_id, claim_original.original_claim_id
),

standing as (
    select
        claim_version.*,
        case
            when claim_version.claim_frequency_code = '8' then 'void_request'
            when ring.claim_id is not null then 'in_ring'
            when claim_version.is_pending_request then 'pending_request'
            when voiding.claim_id is not null then 'voided'
            when supersession.claim_id is not null then 'superseded'
            when claim_version.is_reversed_whole then 'reversed'
            when claim_version.paid_count + claim_version.pending_count = 0 then 'not_paid'
            else 'counts'
        end as standing_state,
        coalesce(voiding.settled_by_claim_id, supersession.settled_by_claim_id) as settled_by_claim_id
    from intermediate.claim_version
    left join ring
        on
            claim_version.member_id = ring.member_id
            and claim_version.claim_id = ring.claim_id
    left join supersession
        on
            claim_version.member_id = supersession.member_id
            and claim_version.claim_id = supersession.claim_id
    left join voiding
        on
            claim_version.member_id = voiding.member_id
            and claim_version.claim_id = voiding.claim_id
),

live_replacement as (
    select
        standing.member_id,
        standing.claim_id,
        standing.latest_paid_date,
        claim_ancestor.ancestor_claim_id
    from standing
    inner join intermediate.claim_ancestor
        on
            standing.member_id = claim_ancestor.member_id
            and standing.claim_id = claim_ancestor.claim_id
    where
        standing.standing_state = 'counts'
        and standing.claim_frequency_code = '7'
),

ranked_replacement as (
    select
        live_replacement.*,
        first_value(live_replacement.claim_id) over (
            partition by live_replacement.member_id, live_replacement.ancestor_claim_id
            order by live_replacement.latest_paid_date desc nulls last, live_replacement.claim_id desc
        ) as winning_claim_id
    from live_replacement
),

outranked as (
    select
        ranked_replacement.member_id,
        ranked_replacement.claim_id,
        max(ranked_replacement.winning_claim_id) as settled_by_claim_id
    from ranked_replacement
    where ranked_replacement.winning_claim_id <> ranked_replacement.claim_id
    group by ranked_replacement.member_id, ranked_replacement.claim_id
),

final as (
    select
        standing.member_id,
        standing.claim_id,
        case when outranked.claim_id is not null then 'outranked' else standing.standing_state end as final_state,
        coalesce(outranked.settled_by_claim_id, standing.settled_by_claim_id) as settled_by_claim_id,
        standing.claim_frequency_code,
        standing.original_claim_id,
        standing.is_acting,
        standing.latest_paid_date
    from standing
    left join outranked
        on
            standing.member_id = outranked.member_id
            and standing.claim_id = outranked.claim_id
)

select * from final
