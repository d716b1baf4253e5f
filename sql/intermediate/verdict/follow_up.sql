-- One row per episode: what was seen of the device after the implant.
--
-- Revision: the episode has a permanent event, and a counting claim not its own has a line or procedure row with a code
-- of complications dated in (last event date, last event date + followup_days]. Complication: a diagnosis of
-- complications on such a claim dated in (anchor, last event date + followup_days].
--
-- See docs/rule.md 8.6.

with

complication_service as (
    select
        service.member_id,
        service.claim_id,
        service.service_date
    from intermediate.service
    inner join value_sets.complications
        on
            service.match_system = complications.match_system
            and service.code = complications.code
            and service.service_date between complications.first_valid_date and complications.last_valid_date
),

complication_diagnosis as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_date
    from intermediate.claim_diagnosis
    inner join value_sets.complications
        on
            claim_diagnosis.code_system = complications.match_system
            and claim_diagnosis.diagnosis_code = complications.code
            and claim_diagnosis.coding_date between complications.first_valid_date and complications.last_valid_date
),

revised_episode as (
    select
        episode.episode_id,
        min(complication_service.service_date) as first_revision_date
    from intermediate.episode
    inner join intermediate.episode_window
        on episode.episode_id = episode_window.episode_id
    inner join complication_service
        on
            episode.member_id = complication_service.member_id
            and episode.last_event_date < complication_service.service_date
            and episode_window.followup_end_date >= complication_service.service_date
    left join intermediate.episode_claim
        on
            episode.episode_id = episode_claim.episode_id
            and complication_service.claim_id = episode_claim.claim_id
    where
        episode.has_permanent_event
        and episode_claim.claim_id is null
    group by episode.episode_id
),

complicated_episode as (
    select
        episode_window.episode_id,
        min(complication_diagnosis.claim_date) as first_complication_date
    from intermediate.episode_window
    inner join complication_diagnosis
        on
            episode_window.member_id = complication_diagnosis.member_id
            and episode_window.anchor_date < complication_diagnosis.claim_date
            and episode_window.followup_end_date >= complication_diagnosis.claim_date
    left join intermediate.episode_claim
        on
            episode_window.episode_id = episode_claim.episode_id
            and complication_diagnosis.claim_id = episode_claim.claim_id
    where episode_claim.claim_id is null
    group by episode_window.episode_id
),

final as (
    select
        episode_window.episode_id,
        revised_episode.first_revision_date,
        complicated_episode.first_complication_date,
        run.newest_line_start_date is null
        or run.newest_line_start_date < episode_window.followup_end_date as is_follow_up_incomplete
    from intermediate.episode_window
    cross join staging.run
    left join revised_episode
        on episode_window.episode_id = revised_episode.episode_id
    left join complicated_episode
        on episode_window.episode_id = complicated_episode.episode_id
)

select * from final
