-- One row per publish: which run, known from when, made of what, and how many cases it flagged.

with

final as (
    select
        run_history.run_number,
        run_history.publish_kind,
        run_history.run_id,
        run_history.as_of_date,
        run_history.known_from_utc,
        run_history.code_version,
        run_history.policy_versions,
        run_history.value_set_versions,
        run_history.value_set_digest,
        run_history.landed_digest,
        run_history.newest_delivery_number,
        run_history.parameters,
        run_history.grade,
        run_history.episode_count,
        run_history.flagged_count,
        run_history.flagged_paid_amount
    from run_history
)

select * from final
order by run_number asc
