-- One row per flagged case of the newest publish with what is new about it: new on the list, changed or unchanged.
--
-- A case is new on the list also where it was known before and was not flagged: on hold, say, or excluded.

with

newest as (
    select max(run_history.run_number) as run_number
    from audit.run_history
),

final as (
    select
        case_now.case_id,
        case
            when case_now.from_run_number < newest.run_number then 'unchanged'
            when case_before.is_in_audit and case_before.outcome = 'flagged' then 'changed'
            else 'new'
        end as word,
        case_now.changed_columns
    from audit.case_version as case_now
    cross join newest
    left join audit.case_version as case_before
        on
            case_now.case_id = case_before.case_id
            and case_now.from_run_number - 1 = case_before.to_run_number
    where
        case_now.to_run_number = newest.run_number
        and case_now.is_in_audit
        and case_now.outcome = 'flagged'
)

select * from final
order by case_id asc
