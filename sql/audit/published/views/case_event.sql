-- One row per publish and case that was in the audit or left it then: what happened to the case.
--
-- new, unchanged, changed (changed_columns says what), cleared_by_late_claim (was flagged, is not, and rows of the
-- member landed since), reopened_by_adjustment (was known and not flagged, is flagged, and an adjustment landed
-- since), gone.

with

final as (
    select
        run_history.run_number,
        run_history.run_id,
        run_history.known_from_utc,
        case_version.case_id,
        case_version.episode_id,
        case_version.member_id,
        case
            when case_version.from_run_number = run_history.run_number then case_version.case_event
            else 'unchanged'
        end as case_event,
        case
            when case_version.from_run_number = run_history.run_number then case_version.changed_columns
            else cast([] as varchar[])
        end as changed_columns,
        case when case_version.from_run_number = run_history.run_number then case_version.related_case_id end
            as related_case_id,
        case_version.outcome,
        case_version.outcome_reason,
        case_version.paid_amount,
        case_version.evidence_digest
    from case_version
    inner join run_history
        on
            case_version.from_run_number <= run_history.run_number
            and case_version.to_run_number >= run_history.run_number
    where case_version.is_in_audit or case_version.from_run_number = run_history.run_number
)

select * from final
order by run_number asc, case_id asc
