-- One row per provider to whom a records request would go, with the number of flagged episodes; nobody is named.
--
-- That is the one who billed the implant lines, else the one who gave the service.

with

own_line as (
    select
        episode_review.episode_id,
        coalesce(timeline_event.billing_npi, timeline_event.rendering_npi) as npi
    from audit.episode_review
    inner join audit.timeline_event
        on episode_review.episode_id = timeline_event.episode_id
    where
        episode_review.outcome = 'flagged'
        and timeline_event.lane in ('trial', 'implant')
),

final as (
    select count(distinct own_line.episode_id) as case_count
    from own_line
    where own_line.npi is not null
    group by own_line.npi
)

select * from final
order by case_count asc
