-- One row per publish and case that was in the audit or left it then: what happened to the case.

with

final as (
    select
        case_event.run_number,
        case_event.run_id,
        case_event.known_from_utc,
        case_event.case_id,
        case_event.episode_id,
        case_event.member_id,
        case_event.case_event,
        case_event.changed_columns,
        case_event.related_case_id,
        case_event.outcome,
        case_event.outcome_reason,
        case_event.paid_amount,
        case_event.evidence_digest
    from case_event
)

select * from final
order by run_number asc, case_id asc
