-- One row per implantation event: whether it is initial, and each sign that it is not.
--
-- trial_date (T of the rule) is the first date of the member's earliest non-aborted trial 1 to trial_link_days before a
-- permanent event, else the event's own first date. Signs that the event replaces or revises a device: in [T -
-- clean_period_days, T - 1] an earlier non-aborted permanent event, a revision code or a device_history diagnosis; in
-- [T, first date - 1] another non-aborted permanent event; a revision code on one of its index claims, or, when T is
-- its own first date, a device_history diagnosis there; a permanent event with T its own first date and no lead on any
-- of its claims; a removal on an index claim dated on the day of one of its lead index lines, with no non-aborted trial
-- in the trial_link_days before.
--
-- See docs/rule.md 3.6.

with

dated_event as (
    select
        event_part.*,
        coalesce(
            (
                select min(trial.event_date)
                from intermediate.event_part as trial
                where
                    trial.member_id = event_part.member_id
                    and trial.event_kind = 'trial'
                    and not trial.is_aborted
                    and event_part.event_kind = 'permanent'
                    and trial.event_date >= event_part.event_date - default_policy.trial_link_days
                    and trial.event_date <= event_part.event_date - 1
            ),
            event_part.event_date
        ) as trial_date,
        default_policy.clean_period_days,
        default_policy.trial_link_days
    from intermediate.event_part
    cross join policies.default_policy
),

signed_event as (
    select
        dated_event.*,
        exists(
            select 1
            from intermediate.event_part as earlier
            where
                earlier.member_id = dated_event.member_id
                and earlier.event_kind = 'permanent'
                and not earlier.is_aborted
                and earlier.event_date >= dated_event.trial_date - dated_event.clean_period_days
                and earlier.event_date <= dated_event.event_date - 1
        ) as has_earlier_permanent_event,
        exists(
            select 1
            from intermediate.device_service
            where
                device_service.member_id = dated_event.member_id
                and device_service.role = 'revision'
                and device_service.service_date >= dated_event.trial_date - dated_event.clean_period_days
                and device_service.service_date <= dated_event.trial_date - 1
        ) as has_earlier_revision,
        exists(
            select 1
            from intermediate.device_history_diagnosis
            where
                device_history_diagnosis.member_id = dated_event.member_id
                and device_history_diagnosis.claim_date >= dated_event.trial_date - dated_event.clean_period_days
                and device_history_diagnosis.claim_date <= dated_event.trial_date - 1
        ) as has_device_history_diagnosis,
        exists(
            select 1
            from intermediate.event_claim
            inner join intermediate.device_service
                on
                    event_claim.member_id = device_service.member_id
                    and event_claim.claim_id = device_service.claim_id
            where
                event_claim.member_id = dated_event.member_id
                and event_claim.event_date = dated_event.event_date
                and event_claim.is_index_claim
                and device_service.role = 'revision'
        ) as has_revision_on_index_claim,
        dated_event.trial_date = dated_event.event_date
        and exists (
            select 1
            from intermediate.event_claim
            inner join intermediate.device_history_diagnosis
                on
                    event_claim.member_id = device_history_diagnosis.member_id
                    and event_claim.claim_id = device_history_diagnosis.claim_id
            where
                event_claim.member_id = dated_event.member_id
                and event_claim.event_date = dated_event.event_date
                and event_claim.is_index_claim
        ) as has_device_history_on_index_claim,
        dated_event.event_kind = 'permanent'
        and dated_event.trial_date = dated_event.event_date
        and not exists (
            select 1
            from intermediate.event_claim
            inner join intermediate.device_service
                on
                    event_claim.member_id = device_service.member_id
                    and event_claim.claim_id = device_service.claim_id
            where
                event_claim.member_id = dated_event.member_id
                and event_claim.event_date = dated_event.event_date
                and device_service.is_lead
        ) as is_generator_alone,
        exists (
            select 1
            from intermediate.event_claim
            inner join intermediate.device_service as removal
                on
                    event_claim.member_id = removal.member_id
                    and event_claim.claim_id = removal.claim_id
            inner join intermediate.index_line as lead_line
                on
                    event_claim.member_id = lead_line.member_id
                    and removal.service_date = lead_line.service_date
            where
                event_claim.member_id = dated_event.member_id
                and event_claim.event_date = dated_event.event_date
                and event_claim.is_index_claim
                and removal.role = 'removal'
                and lead_line.is_lead
                and lead_line.service_date >= dated_event.event_date
                and lead_line.service_date <= dated_event.event_window_end_date
        )
        and not exists (
            select 1
            from intermediate.event_part as trial
            where
                trial.member_id = dated_event.member_id
                and trial.event_kind = 'trial'
                and not trial.is_aborted
                and trial.event_date >= dated_event.event_date - dated_event.trial_link_days
                and trial.event_date <= dated_event.event_date - 1
        ) as is_lead_exchange
    from dated_event
),

final as (
    select
        signed_event.* exclude (clean_period_days, trial_link_days),
        not(
            signed_event.has_earlier_permanent_event
            or signed_event.has_earlier_revision
            or signed_event.has_device_history_diagnosis
            or signed_event.has_revision_on_index_claim
            or signed_event.has_device_history_on_index_claim
            or signed_event.is_generator_alone
            or signed_event.is_lead_exchange
        ) as is_initial
    from signed_event
)

select * from final
