-- One row per implantation event: its episode, kind, stage and the signs that decided it.

with

final as (
    select
        episode_event.episode_id,
        episode_event.member_id,
        episode_event.event_date,
        episode_event.event_kind,
        case when episode_event.is_initial then 'initial' else 'replacement_or_revision' end as event_stage,
        episode_event.is_aborted,
        episode_event.has_lead,
        episode_event.has_generator,
        episode_event.index_codes,
        cast(episode_event.index_line_count as integer) as index_line_count,
        episode_event.has_earlier_permanent_event,
        episode_event.has_earlier_revision,
        episode_event.has_device_history_diagnosis,
        episode_event.has_revision_on_index_claim,
        episode_event.has_device_history_on_index_claim,
        episode_event.is_generator_alone,
        episode_event.is_lead_exchange
    from intermediate.episode_event
    order by episode_event.member_id, episode_event.event_date
)

select * from final
