-- One row per open episode and delivered row shown on its timeline: the lane it stands in, its days and its source.
--
-- Lanes: exercise, manipulation, psychological, interdisciplinary, acupuncture, medication (modality is the class);
-- other_care, which never counts; surgery_or_indication, what may support the service; trial and implant, the episode's
-- own index lines; revision_or_complication, what happened to a device outside the episode. Care, evaluations and
-- indications lie in [anchor - history_days, anchor - 1] (an evaluation also on the anchor day), revisions and
-- complications in the follow-up of the notes. counts says whether the row is evidence of care under the rule, and
-- is null where that is not asked. A fill lasts its days' supply, at most until the day before the anchor; a
-- statement lasts the care it speaks of, or the day of its document. is_in_enrollment_gap marks the rows of the care
-- ledger on days on which the member was not enrolled.
--
-- See docs/rule.md 6.1, 8.6.

with

set_row as (
    select
        'conservative_care' as value_set_name,
        conservative_care.code_system,
        conservative_care.code,
        conservative_care.label
    from value_sets.conservative_care
    union all
    select
        'not_conservative' as value_set_name,
        not_conservative.code_system,
        not_conservative.code,
        not_conservative.label
    from value_sets.not_conservative
    union all
    select
        'medications' as value_set_name,
        medications.code_system,
        medications.code,
        medications.label
    from value_sets.medications
    union all
    select
        'index_procedures' as value_set_name,
        index_procedures.match_system as code_system,
        index_procedures.code,
        index_procedures.label
    from value_sets.index_procedures
    union all
    select
        'complications' as value_set_name,
        complications.match_system as code_system,
        complications.code,
        complications.label
    from value_sets.complications
    union all
    select
        'other_indications' as value_set_name,
        other_indications.match_system as code_system,
        other_indications.code,
        other_indications.label
    from value_sets.other_indications
    union all
    select
        'psych_evaluation' as value_set_name,
        psych_evaluation.match_system as code_system,
        psych_evaluation.code,
        psych_evaluation.label
    from value_sets.psych_evaluation
    union all
    select
        'prior_spine_surgery' as value_set_name,
        prior_spine_surgery.match_system as code_system,
        prior_spine_surgery.code,
        prior_spine_surgery.label
    from value_sets.prior_spine_surgery
),

code_label as (
    select
        set_row.value_set_name,
        set_row.code_system,
        set_row.code,
        min(set_row.label) as label -- noqa: RF04, so are the columns of the value sets named
    from set_row
    group by set_row.value_set_name, set_row.code_system, set_row.code
),

-- A diagnosis is kept by claim and rank; the row delivered last is its source.
diagnosis_row as (
    select
        delivered_diagnosis.member_id,
        delivered_diagnosis.claim_id,
        delivered_diagnosis.diagnosis_rank,
        max(
            {
                'delivery_number': delivered_diagnosis.delivery_number,
                'file_number': delivered_diagnosis.file_number,
                'source_row': delivered_diagnosis.source_row
            }
        ) as last_copy
    from intermediate.delivered_diagnosis
    where
        not delivered_diagnosis.is_unowned
        and not delivered_diagnosis.is_in_columns
    group by delivered_diagnosis.member_id, delivered_diagnosis.claim_id, delivered_diagnosis.diagnosis_rank
),

care_entry as (
    select
        care_line.episode_id,
        coalesce(care_line.care_group, 'other_care') as lane,
        care_line.modality,
        care_line.service_date as start_date,
        care_line.service_date as end_date,
        care_line.code_system,
        care_line.code,
        care_line.counts,
        care_line.counts_reason,
        care_line.service_unit_quantity as quantity,
        care_line.claim_id,
        care_line.source_table,
        care_line.source_key,
        care_line.delivery_number,
        care_line.file_number,
        care_line.source_row,
        case when care_line.is_not_conservative then 'not_conservative' else 'conservative_care' end as value_set_name
    from intermediate.care_line
),

fill_entry as (
    select
        care_fill.episode_id,
        'medication' as lane,
        care_fill.drug_class as modality,
        care_fill.dispensing_date as start_date,
        least(
            cast(care_fill.dispensing_date + greatest(care_fill.days_supply, 1) - 1 as date),
            open_episode.look_back_end_date
        ) as end_date,
        care_fill.code_system,
        care_fill.code,
        care_fill.counts,
        care_fill.counts_reason,
        care_fill.days_supply as quantity,
        care_fill.claim_id,
        'pharmacy_claim' as source_table,
        cast(null as varchar) as source_key,
        care_fill.delivery_number,
        care_fill.file_number,
        care_fill.source_row,
        'medications' as value_set_name
    from intermediate.care_fill
    inner join intermediate.open_episode
        on care_fill.episode_id = open_episode.episode_id
),

evaluation_entry as (
    select
        open_episode.episode_id,
        'psychological' as lane,
        psych_evaluation.value_set as modality,
        service.service_date as start_date,
        service.service_date as end_date,
        psych_evaluation.match_system as code_system,
        psych_evaluation.code,
        'no' as counts,
        'evaluation_not_treatment' as counts_reason,
        service.service_unit_quantity as quantity,
        service.claim_id,
        service.source_table,
        service.source_key,
        service.delivery_number,
        service.file_number,
        service.source_row,
        'psych_evaluation' as value_set_name
    from intermediate.open_episode
    inner join intermediate.service
        on
            open_episode.member_id = service.member_id
            and open_episode.history_start_date <= service.service_date
            and open_episode.anchor_date >= service.service_date
    inner join value_sets.psych_evaluation
        on
            psych_evaluation.counts = 'yes'
            and service.match_system = psych_evaluation.match_system
            and service.code = psych_evaluation.code
            and service.service_date between psych_evaluation.first_valid_date and psych_evaluation.last_valid_date
    left join intermediate.care_line
        on
            open_episode.episode_id = care_line.episode_id
            and service.claim_id = care_line.claim_id
            and service.source_table = care_line.source_table
            and service.source_key = care_line.source_key
    where care_line.claim_id is null
),

own_entry as (
    select
        open_episode.episode_id,
        case when episode_event.event_kind = 'permanent' then 'implant' else 'trial' end as lane,
        episode_index_line.role as modality,
        episode_index_line.service_date as start_date,
        episode_index_line.service_date as end_date,
        episode_index_line.match_system as code_system,
        episode_index_line.code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        episode_index_line.service_unit_quantity as quantity,
        episode_index_line.claim_id,
        episode_index_line.source_table,
        episode_index_line.source_key,
        episode_index_line.delivery_number,
        episode_index_line.file_number,
        episode_index_line.source_row,
        'index_procedures' as value_set_name
    from intermediate.open_episode
    inner join intermediate.episode_index_line
        on open_episode.episode_id = episode_index_line.episode_id
    inner join intermediate.episode_event
        on
            episode_index_line.member_id = episode_event.member_id
            and episode_index_line.event_date = episode_event.event_date
),

device_entry as (
    select
        open_episode.episode_id,
        'revision_or_complication' as lane,
        case
            when other_line.episode_id is not null then 'other_implant_event'
            else device_service.role
        end as modality,
        device_service.service_date as start_date,
        device_service.service_date as end_date,
        device_service.match_system as code_system,
        device_service.code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        device_service.service_unit_quantity as quantity,
        device_service.claim_id,
        device_service.source_table,
        device_service.source_key,
        device_service.delivery_number,
        device_service.file_number,
        device_service.source_row,
        'index_procedures' as value_set_name
    from intermediate.open_episode
    inner join intermediate.device_service
        on
            open_episode.member_id = device_service.member_id
            and open_episode.history_start_date <= device_service.service_date
            and open_episode.followup_end_date >= device_service.service_date
    left join intermediate.episode_index_line as other_line
        on
            device_service.member_id = other_line.member_id
            and device_service.claim_id = other_line.claim_id
            and device_service.source_table = other_line.source_table
            and device_service.source_key = other_line.source_key
    where
        (
            other_line.episode_id is null
            and device_service.is_in_scope
            and device_service.role in ('revision', 'removal')
        )
        or other_line.episode_id <> open_episode.episode_id
),

complication_line_entry as (
    select
        open_episode.episode_id,
        'revision_or_complication' as lane,
        complications.value_set as modality,
        service.service_date as start_date,
        service.service_date as end_date,
        complications.match_system as code_system,
        complications.code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        service.service_unit_quantity as quantity,
        service.claim_id,
        service.source_table,
        service.source_key,
        service.delivery_number,
        service.file_number,
        service.source_row,
        'complications' as value_set_name
    from intermediate.open_episode
    inner join intermediate.service
        on
            open_episode.member_id = service.member_id
            and open_episode.last_event_date < service.service_date
            and open_episode.followup_end_date >= service.service_date
    inner join value_sets.complications
        on
            service.match_system = complications.match_system
            and service.code = complications.code
            and service.service_date between complications.first_valid_date and complications.last_valid_date
    left join intermediate.episode_claim
        on
            open_episode.episode_id = episode_claim.episode_id
            and service.claim_id = episode_claim.claim_id
    left join device_entry
        on
            open_episode.episode_id = device_entry.episode_id
            and service.claim_id = device_entry.claim_id
            and service.source_table = device_entry.source_table
            and service.source_key = device_entry.source_key
    where
        episode_claim.claim_id is null
        and device_entry.claim_id is null
),

complication_code_entry as (
    select
        open_episode.episode_id,
        'revision_or_complication' as lane,
        complications.value_set as modality,
        claim_diagnosis.claim_date as start_date,
        claim_diagnosis.claim_date as end_date,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code as code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        cast(null as decimal(18, 4)) as quantity,
        claim_diagnosis.claim_id,
        'claim_diagnosis' as source_table,
        cast(null as varchar) as source_key,
        diagnosis_row.last_copy.delivery_number,
        diagnosis_row.last_copy.file_number,
        diagnosis_row.last_copy.source_row,
        'complications' as value_set_name
    from intermediate.open_episode
    inner join intermediate.claim_diagnosis
        on
            open_episode.member_id = claim_diagnosis.member_id
            and open_episode.anchor_date < claim_diagnosis.claim_date
            and open_episode.followup_end_date >= claim_diagnosis.claim_date
    inner join value_sets.complications
        on
            claim_diagnosis.code_system = complications.match_system
            and claim_diagnosis.diagnosis_code = complications.code
            and claim_diagnosis.coding_date between complications.first_valid_date and complications.last_valid_date
    left join intermediate.episode_claim
        on
            open_episode.episode_id = episode_claim.episode_id
            and claim_diagnosis.claim_id = episode_claim.claim_id
    left join diagnosis_row
        on
            claim_diagnosis.member_id = diagnosis_row.member_id
            and claim_diagnosis.claim_id = diagnosis_row.claim_id
            and claim_diagnosis.diagnosis_rank = diagnosis_row.diagnosis_rank
    where episode_claim.claim_id is null
),

indication_entry as (
    select
        open_episode.episode_id,
        'surgery_or_indication' as lane,
        'supported_indication' as modality,
        supported_indication.claim_date as start_date,
        supported_indication.claim_date as end_date,
        supported_indication.code_system,
        supported_indication.diagnosis_code as code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        cast(null as decimal(18, 4)) as quantity,
        supported_indication.claim_id,
        'claim_diagnosis' as source_table,
        cast(null as varchar) as source_key,
        diagnosis_row.last_copy.delivery_number,
        diagnosis_row.last_copy.file_number,
        diagnosis_row.last_copy.source_row,
        'other_indications' as value_set_name
    from intermediate.open_episode
    inner join intermediate.supported_indication
        on
            open_episode.member_id = supported_indication.member_id
            and open_episode.history_start_date <= supported_indication.claim_date
            and open_episode.last_event_date >= supported_indication.claim_date
    left join diagnosis_row
        on
            supported_indication.member_id = diagnosis_row.member_id
            and supported_indication.claim_id = diagnosis_row.claim_id
            and supported_indication.diagnosis_rank = diagnosis_row.diagnosis_rank
),

surgery_entry as (
    select
        open_episode.episode_id,
        'surgery_or_indication' as lane,
        'prior_spine_surgery' as modality,
        prior_spine_surgery_row.surgery_date as start_date,
        prior_spine_surgery_row.surgery_date as end_date,
        prior_spine_surgery_row.code_system,
        prior_spine_surgery_row.code,
        cast(null as varchar) as counts,
        cast(null as varchar) as counts_reason,
        cast(null as decimal(18, 4)) as quantity,
        prior_spine_surgery_row.claim_id,
        prior_spine_surgery_row.source_table,
        prior_spine_surgery_row.source_key,
        prior_spine_surgery_row.delivery_number,
        prior_spine_surgery_row.file_number,
        prior_spine_surgery_row.source_row,
        'prior_spine_surgery' as value_set_name
    from intermediate.open_episode
    inner join intermediate.prior_spine_surgery_row
        on
            open_episode.member_id = prior_spine_surgery_row.member_id
            and open_episode.history_start_date <= prior_spine_surgery_row.surgery_date
            and open_episode.look_back_end_date >= prior_spine_surgery_row.surgery_date
),

statement_entry as (
    select
        failure_statement.episode_id,
        coalesce(failure_statement.care_group, 'other_care') as lane,
        'statement' as modality,
        case
            when failure_statement.start_date <= coalesce(failure_statement.end_date, failure_statement.start_date)
                then failure_statement.start_date
            else failure_statement.document_date
        end as start_date,
        case
            when failure_statement.start_date <= coalesce(failure_statement.end_date, failure_statement.start_date)
                then coalesce(failure_statement.end_date, failure_statement.start_date)
            else failure_statement.document_date
        end as end_date,
        cast(null as varchar) as code_system,
        cast(null as varchar) as code,
        case when failure_statement.is_valid then 'yes' else 'no' end as counts,
        case when failure_statement.is_valid then cast(null as varchar) else 'incomplete_statement' end
            as counts_reason,
        failure_statement.visit_count as quantity,
        cast(null as varchar) as claim_id,
        'care_documentation' as source_table,
        cast(null as varchar) as source_key,
        failure_statement.delivery_number,
        failure_statement.file_number,
        failure_statement.source_row,
        cast(null as varchar) as value_set_name
    from intermediate.failure_statement
),

entry as (
    select * from care_entry
    union all
    select * from fill_entry
    union all
    select * from evaluation_entry
    union all
    select * from own_entry
    union all
    select * from device_entry
    union all
    select * from complication_line_entry
    union all
    select * from complication_code_entry
    union all
    select * from indication_entry
    union all
    select * from surgery_entry
    union all
    select * from statement_entry
),

-- A procedure may have come in columns of a claim line: a row is sought by its file, whatever the file's table.
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
        entry.episode_id,
        entry.lane,
        entry.modality,
        entry.start_date,
        entry.end_date,
        entry.code_system,
        entry.code,
        code_label.label,
        entry.counts,
        entry.counts_reason,
        cast(entry.quantity as decimal(18, 4)) as quantity,
        counting_line.rendering_npi,
        counting_line.billing_npi,
        counting_line.paid_amount,
        entry.claim_id,
        counting_line.claim_line_number,
        entry.source_table,
        source_file.file_name as source_file,
        entry.source_row,
        enrollment_gap.episode_id is not null as is_in_enrollment_gap
    from entry
    inner join intermediate.open_episode
        on entry.episode_id = open_episode.episode_id
    left join intermediate.counting_line
        on
            open_episode.member_id = counting_line.member_id
            and entry.claim_id = counting_line.claim_id
            -- One key, not a condition beside it: of a left join DuckDB would compare every row with every line.
            and case when entry.source_table = 'medical_claim' then entry.source_key end = counting_line.line_key
    left join intermediate.enrollment_gap
        on
            entry.episode_id = enrollment_gap.episode_id
            and entry.start_date >= enrollment_gap.start_date
            and entry.start_date <= enrollment_gap.end_date
            and entry.value_set_name in ('conservative_care', 'not_conservative', 'medications')
    left join code_label
        on
            entry.value_set_name = code_label.value_set_name
            and entry.code_system = code_label.code_system
            and entry.code = code_label.code
    left join source_file
        on
            entry.delivery_number = source_file.delivery_number
            and entry.file_number = source_file.file_number
    order by
        entry.episode_id,
        entry.start_date,
        entry.end_date,
        entry.lane,
        entry.source_table,
        entry.delivery_number,
        entry.file_number,
        entry.source_row,
        entry.code,
        entry.modality
)

select * from final
