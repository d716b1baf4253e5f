-- One row per episode, mark of a clinical trial and delivered row that carries it.
--
-- trial_diagnosis: a trial diagnosis on some claim of the episode; trial_modifier_or_condition: the investigational
-- modifier on an index line, or the trial condition code on some claim; trial_number: a trial number on some claim,
-- is_complete where it has 8 digits, with or without NCT. Other codes of the set are no markers (column
-- trial_marker of the value set). Condition codes and trial numbers are a claim's and are repeated by its lines:
-- the first line with one is its row.
--
-- See docs/rule.md 5.6.

with

diagnosis_mark as (
    select
        episode_claim.episode_id,
        'trial_diagnosis' as fact,
        claim_diagnosis.claim_date as fact_date,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code as code,
        true as is_complete,
        claim_diagnosis.source_table,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
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
),

modifier_mark as (
    select
        episode_index_line.episode_id,
        'trial_modifier_or_condition' as fact,
        episode_index_line.service_date as fact_date,
        episode_index_line.claim_id,
        episode_index_line.claim_line_number,
        clinical_trial.match_system as code_system,
        clinical_trial.code,
        true as is_complete,
        episode_index_line.source_table,
        episode_index_line.delivery_number,
        episode_index_line.file_number,
        episode_index_line.source_row
    from intermediate.episode_index_line
    inner join value_sets.clinical_trial
        on
            clinical_trial.trial_marker = 'investigational'
            and clinical_trial.match_system = 'modifier'
            and list_contains(episode_index_line.modifiers, clinical_trial.code)
            and episode_index_line.service_date
            between clinical_trial.first_valid_date and clinical_trial.last_valid_date
),

episode_line as (
    select
        episode_claim.episode_id,
        standing_line.*
    from intermediate.episode_claim
    inner join intermediate.standing_line
        on
            episode_claim.member_id = standing_line.member_id
            and episode_claim.claim_id = standing_line.claim_id
),

line_condition as (
    select
        episode_line.*,
        trim(unnest(string_split(episode_line.condition_codes, ':'))) as condition_code
    from episode_line
    where episode_line.condition_codes is not null
),

line_mark as (
    select
        line_condition.* exclude (condition_code),
        clinical_trial.match_system as code_system,
        clinical_trial.code,
        true as is_complete
    from line_condition
    inner join value_sets.clinical_trial
        on
            clinical_trial.trial_marker = 'investigational'
            and clinical_trial.match_system = 'condition-code'
            and line_condition.condition_code = clinical_trial.code
            and line_condition.claim_line_start_date
            between clinical_trial.first_valid_date and clinical_trial.last_valid_date
    union all
    select
        episode_line.*,
        cast(null as varchar) as code_system,
        episode_line.clinical_trial_number as code,
        regexp_full_match(
            replace(replace(upper(episode_line.clinical_trial_number), ' ', ''), '.', ''), '(NCT)?[0-9]{8}'
        ) as is_complete
    from episode_line
    where episode_line.clinical_trial_number is not null
),

numbered_mark as (
    select
        line_mark.*,
        row_number() over (
            partition by line_mark.episode_id, line_mark.claim_id, line_mark.code_system, line_mark.code
            order by length(line_mark.line_key) asc, line_mark.line_key asc
        ) as turn
    from line_mark
),

claim_mark as (
    select
        numbered_mark.episode_id,
        case when numbered_mark.code_system is null then 'trial_number' else 'trial_modifier_or_condition' end as fact,
        numbered_mark.claim_line_start_date as fact_date,
        numbered_mark.claim_id,
        numbered_mark.claim_line_number,
        coalesce(numbered_mark.code_system, 'clinical-trial-number') as code_system,
        numbered_mark.code,
        numbered_mark.is_complete,
        'medical_claim' as source_table,
        numbered_mark.delivery_number,
        numbered_mark.file_number,
        numbered_mark.source_row
    from numbered_mark
    where numbered_mark.turn = 1
),

final as (
    select * from diagnosis_mark
    union all
    select * from modifier_mark
    union all
    select * from claim_mark
)

select * from final
