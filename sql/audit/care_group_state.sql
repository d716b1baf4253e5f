-- One row per open episode and care group: its state, what was found and what is asked.
--
-- See docs/rule.md 6.6.

with

final as (
    select
        care_group_finding.episode_id,
        care_group_finding.care_group,
        care_group_finding.state,
        cast(care_group_finding.service_count as integer) as service_count,
        care_group_finding.first_date,
        care_group_finding.last_date,
        care_group_finding.measure,
        care_group_finding.threshold,
        care_group_finding.has_failure_statement
    from intermediate.care_group_finding
    order by care_group_finding.episode_id, care_group_finding.care_group
)

select * from final
