-- One row per difference (one at most) between what the funnel ends with and the findings.
--
-- Law: the funnel ends with the flagged episodes

with

last_step as (
    select max_by(funnel.remaining_count, funnel.step_number) as flagged_count
    from funnel
),

listed as (
    select count(*) as finding_count
    from finding
),

final as (
    select
        last_step.flagged_count,
        listed.finding_count
    from last_step
    cross join listed
    where last_step.flagged_count is distinct from listed.finding_count
)

select * from final
