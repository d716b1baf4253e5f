-- One row per episode: a digest of the facts a reviewer sees, whole and by part, so that a change can be told.
--
-- Left out on purpose: run, files and row numbers (a delivery sent again or split changes no fact), the policy's
-- name and version (its thresholds are in the criteria), the priority (made of the rest), and the note
-- follow_up_incomplete (it says how far the data reach, not what happened). Rows are written as JSON, so that a missing
-- value and an empty one differ, and stand in the order of their text. A part without rows is absent.

with

-- A fact is told once, however many rows show it, and as it was before its rows were named (a digest that changes sends
-- a decided case back): a mark of a trial by its name on the anchor date, what followed the implant by its first date,
-- a red flag without its code system.
named_fact as (
    select
        history_fact.*,
        episode_review.anchor_date,
        history_fact.fact in ('trial_diagnosis', 'trial_modifier_or_condition', 'trial_number') as is_trial_mark,
        history_fact.fact in ('revision_after_implant', 'complication_after_implant') as is_after_implant
    from audit.history_fact
    inner join audit.episode_review
        on history_fact.episode_id = episode_review.episode_id
),

told_fact as (
    select
        named_fact.episode_id,
        named_fact.fact,
        case when named_fact.is_trial_mark then named_fact.anchor_date else named_fact.fact_date end as fact_date,
        case when not (named_fact.is_trial_mark or named_fact.is_after_implant) then named_fact.claim_id end
            as claim_id,
        case
            when not (named_fact.is_trial_mark or named_fact.is_after_implant or named_fact.fact = 'red_flag')
                then named_fact.code_system
        end as code_system,
        case when not (named_fact.is_trial_mark or named_fact.is_after_implant) then named_fact.code end as code
    from named_fact
    group by all
),

fact as (
    select
        episode_review.episode_id,
        'outcome' as part,
        cast(
            json_array(
                episode_review.outcome,
                episode_review.outcome_reason,
                episode_review.exclusion_reasons,
                episode_review.diagnosis_class
            ) as varchar
        ) as fact_text
    from audit.episode_review
    union all
    select
        episode_review.episode_id,
        'claims' as part,
        cast(
            json_array(
                episode_review.anchor_date,
                episode_review.last_event_date,
                episode_review.episode_kind,
                episode_review.event_stage,
                episode_review.billed_diagnoses,
                episode_review.index_codes,
                episode_review.claim_ids,
                episode_review.payment_stage
            ) as varchar
        ) as fact_text
    from audit.episode_review
    union all
    select
        episode_review.episode_id,
        'dollars' as part,
        cast(json_array(episode_review.paid_amount, episode_review.allowed_amount) as varchar) as fact_text
    from audit.episode_review
    union all
    select
        episode_review.episode_id,
        'visibility' as part,
        cast(
            json_array(
                episode_review.line_of_business,
                episode_review.enrolled_days,
                episode_review.enrollment_complete,
                episode_review.drugs_visible,
                episode_review.prior_authorization_state
            ) as varchar
        ) as fact_text
    from audit.episode_review
    union all
    select
        episode_review.episode_id,
        'notes' as part,
        cast(
            to_json(list_filter(episode_review.notes, lambda note: note <> 'follow_up_incomplete')) as varchar
        ) as fact_text
    from audit.episode_review
    union all
    select
        criterion_result.episode_id,
        'criteria' as part,
        cast(
            json_array(
                criterion_result.criterion,
                criterion_result.result,
                criterion_result.observed_value,
                criterion_result.threshold_value,
                criterion_result.unit
            ) as varchar
        ) as fact_text
    from audit.criterion_result
    union all
    select
        care_ledger.episode_id,
        'care' as part,
        cast(
            json_array(
                care_ledger.care_group,
                care_ledger.modality,
                care_ledger.service_date,
                care_ledger.claim_id,
                care_ledger.claim_line_number,
                care_ledger.code_system,
                care_ledger.code,
                care_ledger.counts,
                care_ledger.counts_reason,
                care_ledger.quantity,
                care_ledger.source_table
            ) as varchar
        ) as fact_text
    from audit.care_ledger
    union all
    select
        statement.episode_id,
        'statements' as part,
        cast(
            json_array(
                statement.document_id,
                statement.modality,
                statement.care_group,
                statement.documented_outcome,
                statement.document_date,
                statement.start_date,
                statement.end_date,
                statement.visit_count,
                statement.author_role,
                statement.source_type,
                statement.source_reference,
                statement.statement_state,
                statement.missing
            ) as varchar
        ) as fact_text
    from audit.statement
    union all
    select
        told_fact.episode_id,
        'history' as part,
        cast(
            json_array(
                told_fact.fact,
                told_fact.fact_date,
                told_fact.claim_id,
                told_fact.code_system,
                told_fact.code
            ) as varchar
        ) as fact_text
    from told_fact
),

evidence_part as (
    select
        fact.episode_id,
        fact.part,
        left(sha256(string_agg(fact.fact_text, chr(10) order by fact.fact_text)), 16) as part_digest
    from fact
    group by fact.episode_id, fact.part
),

final as (
    select
        evidence_part.episode_id,
        sha256(
            evidence_part.episode_id || chr(10) || string_agg(
                evidence_part.part || ' ' || evidence_part.part_digest, chr(10)
                order by evidence_part.part
            )
        ) as evidence_digest,
        string_agg(evidence_part.part || ' ' || evidence_part.part_digest, '; ' order by evidence_part.part)
            as evidence_parts
    from evidence_part
    group by evidence_part.episode_id
)

select * from final
