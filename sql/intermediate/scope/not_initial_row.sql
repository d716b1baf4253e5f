-- One row per episode, sign that an event of it is not initial, and delivered row that shows the sign.
--
-- The signs are those of intermediate.event_stage, each asked of the events where it holds: earlier_permanent_event (a
-- generator line of it), earlier_revision, device_history_diagnosis, revision_on_index_claim,
-- device_history_on_index_claim, generator_alone (the generator lines that come without a lead) and lead_exchange (the
-- removal on the day of a lead).
--
-- See docs/rule.md 3.6, 5.2.

with

not_initial_event as (
    select
        episode_event.*,
        default_policy.clean_period_days
    from intermediate.episode_event
    cross join policies.default_policy
    where not episode_event.is_initial
),

index_claim as (
    select
        not_initial_event.*,
        event_claim.claim_id
    from not_initial_event
    inner join intermediate.event_claim
        on
            not_initial_event.member_id = event_claim.member_id
            and not_initial_event.event_date = event_claim.event_date
            and event_claim.is_index_claim
),

generator_line as (
    select
        event_part.member_id,
        event_part.event_date,
        event_part.is_aborted,
        index_line.* exclude (member_id)
    from intermediate.event_part
    inner join intermediate.index_line
        on
            event_part.member_id = index_line.member_id
            and event_part.event_date <= index_line.service_date
            and event_part.event_window_end_date >= index_line.service_date
            and index_line.is_generator
),

lead_day as (
    select
        not_initial_event.member_id,
        not_initial_event.event_date,
        index_line.service_date
    from not_initial_event
    inner join intermediate.index_line
        on
            not_initial_event.member_id = index_line.member_id
            and not_initial_event.event_date <= index_line.service_date
            and not_initial_event.event_window_end_date >= index_line.service_date
            and index_line.is_lead
    group by not_initial_event.member_id, not_initial_event.event_date, index_line.service_date
),

service_sign as (
    select
        not_initial_event.episode_id,
        'earlier_permanent_event' as evidence_kind,
        generator_line.claim_id,
        generator_line.source_table,
        generator_line.source_key
    from not_initial_event
    inner join generator_line
        on
            not_initial_event.member_id = generator_line.member_id
            and not generator_line.is_aborted
            and generator_line.event_date >= not_initial_event.trial_date - not_initial_event.clean_period_days
            and generator_line.event_date <= not_initial_event.event_date - 1
    where not_initial_event.has_earlier_permanent_event
    union
    select
        not_initial_event.episode_id,
        'earlier_revision' as evidence_kind,
        device_service.claim_id,
        device_service.source_table,
        device_service.source_key
    from not_initial_event
    inner join intermediate.device_service
        on
            not_initial_event.member_id = device_service.member_id
            and device_service.role = 'revision'
            and device_service.service_date >= not_initial_event.trial_date - not_initial_event.clean_period_days
            and device_service.service_date <= not_initial_event.trial_date - 1
    where not_initial_event.has_earlier_revision
    union
    select
        index_claim.episode_id,
        'revision_on_index_claim' as evidence_kind,
        device_service.claim_id,
        device_service.source_table,
        device_service.source_key
    from index_claim
    inner join intermediate.device_service
        on
            index_claim.member_id = device_service.member_id
            and index_claim.claim_id = device_service.claim_id
            and device_service.role = 'revision'
    where index_claim.has_revision_on_index_claim
    union
    select
        not_initial_event.episode_id,
        'generator_alone' as evidence_kind,
        generator_line.claim_id,
        generator_line.source_table,
        generator_line.source_key
    from not_initial_event
    inner join generator_line
        on
            not_initial_event.member_id = generator_line.member_id
            and not_initial_event.event_date = generator_line.event_date
    where not_initial_event.is_generator_alone
    union
    select
        index_claim.episode_id,
        'lead_exchange' as evidence_kind,
        device_service.claim_id,
        device_service.source_table,
        device_service.source_key
    from index_claim
    inner join lead_day
        on
            index_claim.member_id = lead_day.member_id
            and index_claim.event_date = lead_day.event_date
    inner join intermediate.device_service
        on
            index_claim.member_id = device_service.member_id
            and index_claim.claim_id = device_service.claim_id
            and lead_day.service_date = device_service.service_date
            and device_service.role = 'removal'
    where index_claim.is_lead_exchange
),

diagnosis_sign as (
    select
        not_initial_event.episode_id,
        'device_history_diagnosis' as evidence_kind,
        device_history_diagnosis.*
    from not_initial_event
    inner join intermediate.device_history_diagnosis
        on
            not_initial_event.member_id = device_history_diagnosis.member_id
            and device_history_diagnosis.claim_date
            >= not_initial_event.trial_date - not_initial_event.clean_period_days
            and device_history_diagnosis.claim_date <= not_initial_event.trial_date - 1
    where not_initial_event.has_device_history_diagnosis
    union
    select
        index_claim.episode_id,
        'device_history_on_index_claim' as evidence_kind,
        device_history_diagnosis.*
    from index_claim
    inner join intermediate.device_history_diagnosis
        on
            index_claim.member_id = device_history_diagnosis.member_id
            and index_claim.claim_id = device_history_diagnosis.claim_id
    where index_claim.has_device_history_on_index_claim
),

final as (
    select
        service_sign.episode_id,
        service_sign.evidence_kind,
        device_service.service_date as evidence_date,
        device_service.claim_id,
        device_service.claim_line_number,
        device_service.match_system as code_system,
        device_service.code,
        device_service.source_table,
        device_service.delivery_number,
        device_service.file_number,
        device_service.source_row
    from service_sign
    inner join intermediate.episode
        on service_sign.episode_id = episode.episode_id
    inner join intermediate.device_service
        on
            episode.member_id = device_service.member_id
            and service_sign.claim_id = device_service.claim_id
            and service_sign.source_table = device_service.source_table
            and service_sign.source_key = device_service.source_key
    union all
    select
        diagnosis_sign.episode_id,
        diagnosis_sign.evidence_kind,
        diagnosis_sign.claim_date as evidence_date,
        diagnosis_sign.claim_id,
        diagnosis_sign.claim_line_number,
        diagnosis_sign.code_system,
        diagnosis_sign.diagnosis_code as code,
        diagnosis_sign.source_table,
        diagnosis_sign.delivery_number,
        diagnosis_sign.file_number,
        diagnosis_sign.source_row
    from diagnosis_sign
)

select * from final
