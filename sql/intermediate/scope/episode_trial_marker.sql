-- One row per episode: which of the three markers of a qualifying clinical trial its claims carry.
--
-- A trial diagnosis on some claim; the investigational modifier on an index line or the trial condition code on some
-- claim; a trial number of 8 digits, with or without NCT, on some claim. Other codes of the set are no markers.
--
-- See docs/rule.md 5.6.

with

diagnosis_marker as (
    select
        episode_claim.episode_id,
        count(*) as marker_count
    from intermediate.episode_claim
    inner join intermediate.claim_diagnosis
        on
            episode_claim.member_id = claim_diagnosis.member_id
            and episode_claim.claim_id = claim_diagnosis.claim_id
    inner join value_sets.clinical_trial
        on
            clinical_trial.trial_marker = 'diagnosis'
            and claim_diagnosis.code_system = clinical_trial.match_system
            and claim_diagnosis.diagnosis_code = clinical_trial.code
            and claim_diagnosis.coding_date between clinical_trial.first_valid_date and clinical_trial.last_valid_date
    group by episode_claim.episode_id
),

modifier_marker as (
    select
        episode_index_line.episode_id,
        count(*) as marker_count
    from intermediate.episode_index_line
    inner join value_sets.clinical_trial
        on
            clinical_trial.trial_marker = 'investigational'
            and clinical_trial.match_system = 'modifier'
            and list_contains(episode_index_line.modifiers, clinical_trial.code)
            and episode_index_line.service_date
            between clinical_trial.first_valid_date and clinical_trial.last_valid_date
    group by episode_index_line.episode_id
),

claim_condition as (
    select
        episode_claim.episode_id,
        standing_line.claim_line_start_date,
        standing_line.clinical_trial_number,
        unnest(
            case
                when standing_line.condition_codes is null then cast([null] as varchar[])
                else string_split(standing_line.condition_codes, ':')
            end
        ) as condition_code
    from intermediate.episode_claim
    inner join intermediate.standing_line
        on
            episode_claim.member_id = standing_line.member_id
            and episode_claim.claim_id = standing_line.claim_id
),

claim_marker as (
    select
        claim_condition.episode_id,
        coalesce(bool_or(clinical_trial.code is not null), false) as has_trial_condition,
        coalesce(
            bool_or(
                regexp_full_match(
                    replace(replace(upper(claim_condition.clinical_trial_number), ' ', ''), '.', ''),
                    '(NCT)?[0-9]{8}'
                )
            ),
            false
        ) as has_trial_number,
        coalesce(bool_or(claim_condition.clinical_trial_number is not null), false) as has_any_trial_number
    from claim_condition
    left join value_sets.clinical_trial
        on
            clinical_trial.trial_marker = 'investigational'
            and clinical_trial.match_system = 'condition-code'
            and trim(claim_condition.condition_code) = clinical_trial.code
            and claim_condition.claim_line_start_date
            between clinical_trial.first_valid_date and clinical_trial.last_valid_date
    group by claim_condition.episode_id
),

final as (
    select
        episode.episode_id,
        diagnosis_marker.marker_count is not null as has_trial_diagnosis,
        modifier_marker.marker_count is not null
        or coalesce(claim_marker.has_trial_condition, false) as has_investigational_marker,
        coalesce(claim_marker.has_trial_number, false) as has_trial_number,
        coalesce(claim_marker.has_any_trial_number, false) as has_any_trial_number
    from intermediate.episode
    left join diagnosis_marker
        on episode.episode_id = diagnosis_marker.episode_id
    left join modifier_marker
        on episode.episode_id = modifier_marker.episode_id
    left join claim_marker
        on episode.episode_id = claim_marker.episode_id
)

select * from final
