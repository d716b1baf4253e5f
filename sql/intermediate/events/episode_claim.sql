-- One row per episode and claim that bears on it; is_owned says whether its dollars belong to the episode.
--
-- See docs/rule.md 3.3, 3.7.

with

final as (
    select
        episode_event.episode_id,
        episode_event.member_id,
        event_claim.claim_id,
        bool_or(event_claim.is_owned) as is_owned,
        bool_or(event_claim.is_index_claim) as is_index_claim,
        min(claim.claim_date) as claim_date
    from intermediate.episode_event
    inner join intermediate.event_claim
        on
            episode_event.member_id = event_claim.member_id
            and episode_event.event_date = event_claim.event_date
    inner join intermediate.claim
        on
            event_claim.member_id = claim.member_id
            and event_claim.claim_id = claim.claim_id
    group by episode_event.episode_id, episode_event.member_id, event_claim.claim_id
)

select * from final
