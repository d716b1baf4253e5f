-- One row per excluded episode, exclusion that holds for it, and delivered row that decided it.
--
-- evidence_kind says what the row shows: the modifier of a stopped procedure; the sign that a device was there before
-- (audit.event names them); the diagnosis billed instead of low back pain, or the implant line where there is none at
-- all (no_diagnosis); the red flag; the supported indication, or the pain label where the policy lets it exempt; each
-- mark of the trial; the authorization. Every exclusion has a row (a law of publishing).

with

reason as (
    select
        episode_exclusion.episode_id,
        unnest(episode_exclusion.exclusion_reasons) as exclusion_reason
    from intermediate.episode_exclusion
),

stopped_line as (
    select
        episode_index_line.episode_id,
        'procedure_aborted' as exclusion_reason,
        'discontinued_modifier' as evidence_kind,
        episode_index_line.service_date as evidence_date,
        episode_index_line.claim_id,
        episode_index_line.claim_line_number,
        discontinued_procedure.match_system as code_system,
        discontinued_procedure.code,
        episode_index_line.source_table,
        episode_index_line.delivery_number,
        episode_index_line.file_number,
        episode_index_line.source_row
    from intermediate.episode_index_line
    inner join value_sets.discontinued_procedure
        on list_contains(episode_index_line.modifiers, discontinued_procedure.code)
),

not_initial as (
    select
        not_initial_row.episode_id,
        'not_initial_implant' as exclusion_reason,
        not_initial_row.evidence_kind,
        not_initial_row.evidence_date,
        not_initial_row.claim_id,
        not_initial_row.claim_line_number,
        not_initial_row.code_system,
        not_initial_row.code,
        not_initial_row.source_table,
        not_initial_row.delivery_number,
        not_initial_row.file_number,
        not_initial_row.source_row
    from intermediate.not_initial_row
),

billed_code as (
    select
        episode_index_line.episode_id,
        claim_diagnosis.claim_date as evidence_date,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code as code,
        claim_diagnosis.source_table,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from intermediate.episode_index_line
    inner join intermediate.billed_diagnosis
        on
            episode_index_line.member_id = billed_diagnosis.member_id
            and episode_index_line.claim_id = billed_diagnosis.claim_id
            and episode_index_line.source_table = billed_diagnosis.source_table
            and episode_index_line.source_key = billed_diagnosis.source_key
    inner join intermediate.claim_diagnosis
        on
            billed_diagnosis.member_id = claim_diagnosis.member_id
            and billed_diagnosis.claim_id = claim_diagnosis.claim_id
            and billed_diagnosis.diagnosis_rank = claim_diagnosis.diagnosis_rank
),

not_back_pain as (
    select
        billed_code.episode_id,
        'not_low_back_pain' as exclusion_reason,
        'billed_diagnosis' as evidence_kind,
        billed_code.* exclude (episode_id)
    from billed_code
    union all
    select
        episode_index_line.episode_id,
        'not_low_back_pain' as exclusion_reason,
        'no_diagnosis' as evidence_kind,
        episode_index_line.service_date as evidence_date,
        episode_index_line.claim_id,
        episode_index_line.claim_line_number,
        episode_index_line.match_system as code_system,
        episode_index_line.code,
        episode_index_line.source_table,
        episode_index_line.delivery_number,
        episode_index_line.file_number,
        episode_index_line.source_row
    from intermediate.episode_index_line
    left join billed_code
        on episode_index_line.episode_id = billed_code.episode_id
    where billed_code.episode_id is null
),

red_flag as (
    select
        episode_red_flag.episode_id,
        'red_flag' as exclusion_reason,
        'red_flag' as evidence_kind,
        episode_red_flag.claim_date as evidence_date,
        episode_red_flag.claim_id,
        episode_red_flag.claim_line_number,
        episode_red_flag.code_system,
        episode_red_flag.diagnosis_code as code,
        episode_red_flag.source_table,
        episode_red_flag.delivery_number,
        episode_red_flag.file_number,
        episode_red_flag.source_row
    from intermediate.episode_red_flag
),

indication as (
    select
        episode_claim.episode_id,
        'other_indication' as exclusion_reason,
        'supported_indication' as evidence_kind,
        supported_indication.claim_date as evidence_date,
        supported_indication.claim_id,
        supported_indication.claim_line_number,
        supported_indication.code_system,
        supported_indication.diagnosis_code as code,
        supported_indication.source_table,
        supported_indication.delivery_number,
        supported_indication.file_number,
        supported_indication.source_row
    from intermediate.episode_claim
    inner join intermediate.supported_indication
        on
            episode_claim.member_id = supported_indication.member_id
            and episode_claim.claim_id = supported_indication.claim_id
    union all
    select
        episode_claim.episode_id,
        'other_indication' as exclusion_reason,
        'pain_label' as evidence_kind,
        back_diagnosis.claim_date as evidence_date,
        back_diagnosis.claim_id,
        back_diagnosis.claim_line_number,
        back_diagnosis.code_system,
        back_diagnosis.diagnosis_code as code,
        back_diagnosis.source_table,
        back_diagnosis.delivery_number,
        back_diagnosis.file_number,
        back_diagnosis.source_row
    from intermediate.episode_claim
    inner join intermediate.episode_policy
        on
            episode_claim.episode_id = episode_policy.episode_id
            and episode_policy.pain_label_exempts
    inner join intermediate.back_diagnosis
        on
            episode_claim.member_id = back_diagnosis.member_id
            and episode_claim.claim_id = back_diagnosis.claim_id
            and back_diagnosis.is_pain_label
),

trial_mark as (
    select
        trial_marker_row.episode_id,
        'clinical_trial' as exclusion_reason,
        trial_marker_row.fact as evidence_kind,
        trial_marker_row.fact_date as evidence_date,
        trial_marker_row.claim_id,
        trial_marker_row.claim_line_number,
        trial_marker_row.code_system,
        trial_marker_row.code,
        trial_marker_row.source_table,
        trial_marker_row.delivery_number,
        trial_marker_row.file_number,
        trial_marker_row.source_row
    from intermediate.trial_marker_row
    where trial_marker_row.is_complete
),

approval as (
    select
        episode_authorization.episode_id,
        'prior_authorization_approved' as exclusion_reason,
        'prior_authorization' as evidence_kind,
        coalesce(episode_authorization.decision_date, episode_authorization.valid_from) as evidence_date,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_line_number,
        case when episode_authorization.hcpcs_code is not null then 'hcpcs' end as code_system,
        episode_authorization.hcpcs_code as code,
        'prior_authorization' as source_table,
        episode_authorization.delivery_number,
        episode_authorization.file_number,
        episode_authorization.source_row
    from intermediate.episode_authorization
),

gathered as (
    select * from stopped_line
    union
    select * from not_initial
    union
    select * from not_back_pain
    union
    select * from red_flag
    union
    select * from indication
    union
    select * from trial_mark
    union
    select * from approval
),

-- A diagnosis or procedure may have come in columns of a claim line: a row is sought by its file.
source_file as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        min(delivered_file.file_name) as file_name
    from landed.delivered_file
    group by delivered_file.delivery_number, delivered_file.file_number
),

final as (
    select
        gathered.episode_id,
        gathered.exclusion_reason,
        gathered.evidence_kind,
        gathered.evidence_date,
        gathered.claim_id,
        gathered.claim_line_number,
        gathered.code_system,
        gathered.code,
        gathered.source_table,
        source_file.file_name as source_file,
        gathered.source_row
    from gathered
    inner join reason
        on
            gathered.episode_id = reason.episode_id
            and gathered.exclusion_reason = reason.exclusion_reason
    left join source_file
        on
            gathered.delivery_number = source_file.delivery_number
            and gathered.file_number = source_file.file_number
    order by
        gathered.episode_id,
        gathered.exclusion_reason,
        gathered.evidence_kind,
        gathered.evidence_date,
        gathered.delivery_number,
        gathered.file_number,
        gathered.source_row,
        gathered.code
)

select * from final
