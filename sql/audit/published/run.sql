-- One row per run that made this file (one): what it read, under which versions, and how far it can be trusted.

with

final as (
    select
        run.run_id,
        run.format_version,
        run.as_of_date,
        run.started_at_utc,
        run.finished_at_utc,
        run.code_version,
        run.policy_versions,
        run.value_set_versions,
        run.landed_digest,
        run.parameters,
        run.grade,
        run.grade_reasons
    from run_facts.run
)

select * from final
