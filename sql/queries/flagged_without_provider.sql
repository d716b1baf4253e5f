-- One row per flagged episode whose implant lines name no provider.

with

named_episode as (
    select timeline_event.episode_id
    from audit.timeline_event
    where
        timeline_event.lane in ('trial', 'implant')
        and coalesce(timeline_event.billing_npi, timeline_event.rendering_npi) is not null
),

final as (
    select episode_review.episode_id
    from audit.episode_review
    where
        episode_review.outcome = 'flagged'
        and episode_review.episode_id not in (select named_episode.episode_id from named_episode)
)

select * from final
