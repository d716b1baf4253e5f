-- One row per episode and claim diagnosis that is a red flag, with the day the claim is dated.
--
-- A code of red_flags on a claim of the episode, or on a counting claim dated in [anchor - red_flag_days, last event
-- date]. Codes of cauda_equina_symptom count only on a claim that also carries a back code, on the episode or in
-- [anchor - symptom_days, last event date].
--
-- See docs/rule.md 5.4.

with

back_claim as (
    select
        back_diagnosis.member_id,
        back_diagnosis.claim_id
    from intermediate.back_diagnosis
    where not back_diagnosis.is_pain_label
    group by back_diagnosis.member_id, back_diagnosis.claim_id
),

red_flag_diagnosis as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_date,
        claim_diagnosis.diagnosis_code,
        claim_diagnosis.code_system,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.source_table,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row,
        red_flags.value_set,
        red_flags.value_set = 'cauda_equina_symptom' as is_symptom
    from intermediate.claim_diagnosis
    inner join value_sets.red_flags
        on
            claim_diagnosis.code_system = red_flags.match_system
            and claim_diagnosis.diagnosis_code = red_flags.code
            and claim_diagnosis.coding_date between red_flags.first_valid_date and red_flags.last_valid_date
    left join back_claim
        on
            claim_diagnosis.member_id = back_claim.member_id
            and claim_diagnosis.claim_id = back_claim.claim_id
    where red_flags.value_set <> 'cauda_equina_symptom' or back_claim.claim_id is not null
),

final as (
    select
        episode_window.episode_id,
        red_flag_diagnosis.claim_id,
        red_flag_diagnosis.claim_date,
        red_flag_diagnosis.diagnosis_code,
        red_flag_diagnosis.value_set,
        red_flag_diagnosis.code_system,
        red_flag_diagnosis.claim_line_number,
        red_flag_diagnosis.source_table,
        red_flag_diagnosis.delivery_number,
        red_flag_diagnosis.file_number,
        red_flag_diagnosis.source_row
    from intermediate.episode_window
    inner join red_flag_diagnosis
        on episode_window.member_id = red_flag_diagnosis.member_id
    left join intermediate.episode_claim
        on
            episode_window.episode_id = episode_claim.episode_id
            and red_flag_diagnosis.claim_id = episode_claim.claim_id
    where
        episode_claim.claim_id is not null
        or (
            red_flag_diagnosis.claim_date
            >= case
                when red_flag_diagnosis.is_symptom then episode_window.symptom_start_date
                else episode_window.red_flag_start_date
            end
            and red_flag_diagnosis.claim_date <= episode_window.last_event_date
        )
    group by
        episode_window.episode_id,
        red_flag_diagnosis.claim_id,
        red_flag_diagnosis.claim_date,
        red_flag_diagnosis.diagnosis_code,
        red_flag_diagnosis.value_set,
        red_flag_diagnosis.code_system,
        red_flag_diagnosis.claim_line_number,
        red_flag_diagnosis.source_table,
        red_flag_diagnosis.delivery_number,
        red_flag_diagnosis.file_number,
        red_flag_diagnosis.source_row
)

select * from final
