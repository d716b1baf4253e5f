-- One row per implantation event with the episode it belongs to.
--
-- episode_id is made of the member and the anchor date, the first date of the episode's earliest event.
--
-- See docs/rule.md 3.7.

with

final as (
    select
        event_stage.*,
        implant_episode.anchor_date,
        'E-' || left(
            sha256(event_stage.member_id || '|' || cast(implant_episode.anchor_date as varchar)), 16
        ) as episode_id
    from intermediate.event_stage
    inner join intermediate.implant_episode
        on
            event_stage.member_id = implant_episode.member_id
            and event_stage.event_date = implant_episode.event_date
)

select * from final
