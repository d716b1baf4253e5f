-- One row per implantation event: its parts, kind, whether it was aborted, and its codes, from its index lines.
--
-- Permanent if a generator or one-piece system was implanted, else a trial (or first stage). Aborted: at least one
-- index line is a claim line and every one that is carries a modifier of discontinued_procedure.
--
-- See docs/rule.md 3.5.

with

final as (
    select
        surgical_event.member_id,
        surgical_event.event_date,
        surgical_event.event_window_end_date,
        bool_or(index_line.is_lead) as has_lead,
        bool_or(index_line.is_generator) as has_generator,
        bool_or(index_line.role = 'paddle_lead') as has_paddle_lead,
        case when bool_or(index_line.is_generator) then 'permanent' else 'trial' end as event_kind,
        coalesce(
            bool_and(index_line.is_discontinued) filter (where index_line.source_table = 'medical_claim'),
            false
        ) as is_aborted,
        list(distinct index_line.code order by index_line.code) as index_codes,
        count(*) as index_line_count
    from intermediate.surgical_event
    inner join intermediate.index_line
        on
            surgical_event.member_id = index_line.member_id
            and surgical_event.event_date <= index_line.service_date
            and surgical_event.event_window_end_date >= index_line.service_date
    group by surgical_event.member_id, surgical_event.event_date, surgical_event.event_window_end_date
)

select * from final
