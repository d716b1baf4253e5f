-- One row per case that was flagged in the publish before the newest and is not any more.

with

newest as (
    select max(run_history.run_number) as run_number
    from audit.run_history
),

final as (
    select case_before.case_id
    from audit.case_version as case_before
    inner join audit.case_version as case_now
        on
            case_before.case_id = case_now.case_id
            and case_before.to_run_number + 1 = case_now.from_run_number
    cross join newest
    where
        case_now.from_run_number = newest.run_number
        and case_before.is_in_audit
        and case_before.outcome = 'flagged'
        and not (case_now.is_in_audit and case_now.outcome = 'flagged')
)

select * from final
