-- One row per flagged episode and row of evidence, best first: criteria, facts, statements, care, remarks.

with

evidence_row as (
    select
        criterion_result.episode_id,
        1 as kind_number,
        'criterion' as row_kind,
        cast(null as date) as row_date,
        criterion_result.criterion as subject,
        criterion_result.result,
        criterion_result.explanation as detail,
        cast(null as varchar) as code_system,
        cast(null as varchar) as code,
        cast(null as double) as quantity,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_line_number,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row,
        criterion_result.criterion_number as place
    from audit.criterion_result
    union all
    select
        history_fact.episode_id,
        2 as kind_number,
        'fact' as row_kind,
        history_fact.fact_date as row_date,
        history_fact.fact as subject,
        null as result,
        null as detail,
        history_fact.code_system,
        history_fact.code,
        null as quantity,
        history_fact.claim_id,
        history_fact.claim_line_number,
        history_fact.source_file,
        history_fact.source_row,
        0 as place
    from audit.history_fact
    union all
    select
        statement.episode_id,
        3 as kind_number,
        'statement' as row_kind,
        statement.document_date as row_date,
        statement.modality as subject,
        statement.statement_state as result,
        concat_ws('; ', statement.documented_outcome, array_to_string(statement.missing, ', ')) as detail,
        null as code_system,
        null as code,
        statement.visit_count as quantity,
        statement.document_id as claim_id,
        null as claim_line_number,
        statement.source_file,
        statement.source_row,
        0 as place
    from audit.statement
    union all
    select
        care_ledger.episode_id,
        4 as kind_number,
        'care' as row_kind,
        care_ledger.service_date as row_date,
        coalesce(care_ledger.care_group, 'other care') || ': ' || care_ledger.modality as subject,
        case when care_ledger.counts = 'yes' then 'counts' else 'does not count' end as result,
        care_ledger.counts_reason as detail,
        care_ledger.code_system,
        care_ledger.code,
        cast(care_ledger.quantity as double) as quantity,
        care_ledger.claim_id,
        care_ledger.claim_line_number,
        care_ledger.source_file,
        care_ledger.source_row,
        0 as place
    from audit.care_ledger
    union all
    select
        episode_remark.episode_id,
        5 as kind_number,
        'remark' as row_kind,
        null as row_date,
        episode_remark.source_table as subject,
        episode_remark.remark_kind as result,
        concat_ws(
            ' ', episode_remark.remark_text, nullif(array_to_string(episode_remark.column_names, ', '), '')
        ) as detail,
        null as code_system,
        null as code,
        null as quantity,
        episode_remark.claim_id,
        episode_remark.claim_line_number,
        episode_remark.source_file,
        episode_remark.source_row,
        0 as place
    from audit.episode_remark
),

final as (
    select
        episode_review.case_id,
        evidence_row.* exclude (episode_id, kind_number, place),
        row_number() over (
            order by
                episode_review.priority_score desc nulls last,
                episode_review.anchor_date asc,
                episode_review.episode_id asc,
                evidence_row.kind_number asc,
                evidence_row.place asc,
                evidence_row.row_date asc,
                evidence_row.subject asc,
                evidence_row.claim_id asc,
                evidence_row.claim_line_number asc,
                evidence_row.code asc,
                evidence_row.source_file asc,
                evidence_row.source_row asc
        ) as row_order
    from evidence_row
    inner join audit.episode_review
        on evidence_row.episode_id = episode_review.episode_id
    where episode_review.outcome = 'flagged'
)

select * from final
order by row_order asc
