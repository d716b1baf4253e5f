-- One row per episode, delivered row that shows what became of the device after the implant, and what it shows.
--
-- revision_after_implant: the episode has a permanent event, and a counting claim not its own has a line or procedure
-- row with a code of complications dated in (last event date, last event date + followup_days].
-- complication_after_implant: a diagnosis of complications on such a claim dated in (anchor, last event date +
-- followup_days].
--
-- See docs/rule.md 8.6.

with

complication_service as (
    select
        service.member_id,
        service.claim_id,
        service.service_date as fact_date,
        service.match_system as code_system,
        service.code,
        service.claim_line_number,
        service.source_table,
        service.delivery_number,
        service.file_number,
        service.source_row
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
        claim_diagnosis.claim_date as fact_date,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code as code,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.source_table,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from intermediate.claim_diagnosis
    inner join value_sets.complications
        on
            claim_diagnosis.code_system = complications.match_system
            and claim_diagnosis.diagnosis_code = complications.code
            and claim_diagnosis.coding_date between complications.first_valid_date and complications.last_valid_date
),

revision as (
    select
        episode.episode_id,
        'revision_after_implant' as fact,
        complication_service.* exclude (member_id)
    from intermediate.episode
    inner join intermediate.episode_window
        on episode.episode_id = episode_window.episode_id
    inner join complication_service
        on
            episode.member_id = complication_service.member_id
            and episode.last_event_date < complication_service.fact_date
            and episode_window.followup_end_date >= complication_service.fact_date
    left join intermediate.episode_claim
        on
            episode.episode_id = episode_claim.episode_id
            and complication_service.claim_id = episode_claim.claim_id
    where
        episode.has_permanent_event
        and episode_claim.claim_id is null
),

complication as (
    select
        episode_window.episode_id,
        'complication_after_implant' as fact,
        complication_diagnosis.* exclude (member_id)
    from intermediate.episode_window
    inner join complication_diagnosis
        on
            episode_window.member_id = complication_diagnosis.member_id
            and episode_window.anchor_date < complication_diagnosis.fact_date
            and episode_window.followup_end_date >= complication_diagnosis.fact_date
    left join intermediate.episode_claim
        on
            episode_window.episode_id = episode_claim.episode_id
            and complication_diagnosis.claim_id = episode_claim.claim_id
    where episode_claim.claim_id is null
),

final as (
    select * from revision
    union all
    select * from complication
)

select * from final
