-- One row per open episode and delivered enrolment span, clipped to the days from the history window to its follow-up.
--
-- Both ends are in. A span without an end is open until the newest line delivered, for later days nobody has seen.
-- Spans may overlap; audit.episode_review.enrolled_days counts a day once.

with

final as (
    select
        open_episode.episode_id,
        greatest(enrollment_span.enrollment_start_date, open_episode.history_start_date) as start_date,
        least(
            enrollment_span.enrollment_end_date,
            open_episode.followup_end_date,
            greatest(coalesce(run.newest_line_start_date, open_episode.last_event_date), open_episode.last_event_date)
        ) as end_date,
        enrollment_span.line_of_business,
        enrollment_span.has_pharmacy_benefit
    from intermediate.open_episode
    inner join intermediate.enrollment_span
        on
            open_episode.member_id = enrollment_span.member_id
            and open_episode.history_start_date <= enrollment_span.enrollment_end_date
            and open_episode.followup_end_date >= enrollment_span.enrollment_start_date
    cross join staging.run
    where
        enrollment_span.enrollment_start_date
        <= greatest(coalesce(run.newest_line_start_date, open_episode.last_event_date), open_episode.last_event_date)
    order by
        open_episode.episode_id,
        enrollment_span.enrollment_start_date,
        enrollment_span.enrollment_end_date,
        enrollment_span.line_of_business
)

select * from final
