-- One row per case and publish in which something became of it, in the order of the publishes.

with

final as (
    select
        case_version.case_id,
        run_history.run_id,
        run_history.known_from_utc,
        case_version.case_event,
        case_version.changed_columns,
        case_version.outcome,
        run_history.run_number
    from audit.case_version
    inner join audit.run_history
        on case_version.from_run_number = run_history.run_number
)

select * from final
order by run_number asc, case_id asc
