-- One row per episode: what was seen of the device after the implant, and whether the data reach its end.
--
-- The dates are those of the first revision and of the first complication.
--
-- See docs/rule.md 8.6.

with

first_seen as (
    select
        after_implant_row.episode_id,
        min(after_implant_row.fact_date) filter (
            where after_implant_row.fact = 'revision_after_implant'
        ) as first_revision_date,
        min(after_implant_row.fact_date) filter (
            where after_implant_row.fact = 'complication_after_implant'
        ) as first_complication_date
    from intermediate.after_implant_row
    group by after_implant_row.episode_id
),

final as (
    select
        episode_window.episode_id,
        first_seen.first_revision_date,
        first_seen.first_complication_date,
        run.newest_line_start_date is null
        or run.newest_line_start_date < episode_window.followup_end_date as is_follow_up_incomplete
    from intermediate.episode_window
    cross join staging.run
    left join first_seen
        on episode_window.episode_id = first_seen.episode_id
)

select * from final
