-- One row per episode: what of the member's care the data received can show.
--
-- Enrolment is complete when at most max_gap_days of the look-back are not enrolled. Without an eligibility extract
-- it is not complete, unless the run assumes enrolment (which does nothing when the extract is there). Drugs are
-- visible when there is a pharmacy extract and spans with a drug benefit cover as much (rule, section 8).

with

cover as (
    select
        enrolled_day.episode_id,
        max(enrolled_day.enrolled_days) filter (where enrolled_day.cover = 'look_back') as look_back_days,
        max(enrolled_day.enrolled_days) filter (where enrolled_day.cover = 'drugs') as drug_days,
        max(enrolled_day.enrolled_days) filter (where enrolled_day.cover = 'device_history') as device_history_days
    from intermediate.enrolled_day
    group by enrolled_day.episode_id
),

final as (
    select
        cover.episode_id,
        cover.look_back_days as enrolled_days,
        run.is_enrollment_assumed
        or (
            run.has_eligibility
            and episode_policy.lookback_days - cover.look_back_days <= episode_policy.max_gap_days
        ) as enrollment_complete,
        run.has_pharmacy_claim
        and (
            run.is_enrollment_assumed
            or (
                run.has_eligibility
                and cover.drug_days >= episode_policy.lookback_days - episode_policy.max_gap_days
            )
        ) as drugs_visible,
        not run.is_enrollment_assumed
        and cover.device_history_days
        < default_policy.clean_period_days - default_policy.max_gap_days as is_device_history_unknown
    from cover
    inner join intermediate.episode_policy
        on cover.episode_id = episode_policy.episode_id
    cross join policies.default_policy
    cross join staging.run
)

select * from final
