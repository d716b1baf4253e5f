-- One row per implantation event and claim that bears on it: index claims and companion claims.
--
-- Index claims hold an index line of the event. Companion claims are other claims of the member with a code of
-- index_procedures outside not_in_scope_neurostim dated from the event's first date to same_surgery_days after it. A
-- claim belongs to one event: the earliest it is an index claim of, else the earliest it is a companion of (is_owned:
-- dollars, claim_ids and payment stage follow it). An event keeps an index claim it does not own for its tests; a
-- companion it does not own it loses.
--
-- See docs/rule.md 3.3.

with

index_claim as (
    select
        surgical_event.member_id,
        surgical_event.event_date,
        index_line.claim_id
    from intermediate.surgical_event
    inner join intermediate.index_line
        on
            surgical_event.member_id = index_line.member_id
            and surgical_event.event_date <= index_line.service_date
            and surgical_event.event_window_end_date >= index_line.service_date
    group by surgical_event.member_id, surgical_event.event_date, index_line.claim_id
),

device_claim as (
    select
        surgical_event.member_id,
        surgical_event.event_date,
        device_service.claim_id
    from intermediate.surgical_event
    inner join intermediate.device_service
        on
            surgical_event.member_id = device_service.member_id
            and surgical_event.event_date <= device_service.service_date
            and surgical_event.event_window_end_date >= device_service.service_date
            and device_service.is_in_scope
    group by surgical_event.member_id, surgical_event.event_date, device_service.claim_id
),

bearing_claim as (
    select
        coalesce(index_claim.member_id, device_claim.member_id) as member_id,
        coalesce(index_claim.event_date, device_claim.event_date) as event_date,
        coalesce(index_claim.claim_id, device_claim.claim_id) as claim_id,
        index_claim.claim_id is not null as is_index_claim
    from device_claim
    full outer join index_claim
        on
            device_claim.member_id = index_claim.member_id
            and device_claim.event_date = index_claim.event_date
            and device_claim.claim_id = index_claim.claim_id
),

ranked_claim as (
    select
        bearing_claim.*,
        row_number() over (
            partition by bearing_claim.member_id, bearing_claim.claim_id
            order by bearing_claim.is_index_claim desc, bearing_claim.event_date asc
        ) = 1 as is_owned
    from bearing_claim
),

final as (
    select ranked_claim.*
    from ranked_claim
    where ranked_claim.is_owned or ranked_claim.is_index_claim
)

select * from final
