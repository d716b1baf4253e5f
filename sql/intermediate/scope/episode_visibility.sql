-- One row per episode: what of the member's care the data received can show.
--
-- Enrolment is complete when at most max_gap_days of the look-back are not enrolled or lie outside the reach of
-- medical_claim. Without an eligibility extract nobody says who was enrolled (enrolled_days is null) and it is not
-- complete, unless the run assumes enrolment. is_history_not_delivered: complete but for the reach. Drugs are visible
-- when there is a pharmacy extract and as many days are covered with a drug benefit inside both reaches.
--
-- See docs/rule.md 8.2, 8.3.

with

cover as (
    select
        enrolled_day.episode_id,
        max(enrolled_day.covered_days) filter (where enrolled_day.cover = 'look_back') as look_back_days,
        max(enrolled_day.covered_days) filter (where enrolled_day.cover = 'enrolled') as enrolled_days,
        max(enrolled_day.covered_days) filter (where enrolled_day.cover = 'feed') as feed_days,
        max(enrolled_day.covered_days) filter (where enrolled_day.cover = 'drugs') as drug_days,
        max(enrolled_day.covered_days) filter (where enrolled_day.cover = 'device_history') as device_history_days
    from intermediate.enrolled_day
    group by enrolled_day.episode_id
),

asked as (
    select
        cover.*,
        run.has_pharmacy_claim,
        run.has_eligibility or run.is_enrollment_assumed as is_enrollment_told,
        episode_policy.lookback_days,
        episode_policy.lookback_days - episode_policy.max_gap_days as least_days,
        default_policy.clean_period_days - default_policy.max_gap_days as least_device_history_days
    from cover
    inner join intermediate.episode_policy
        on cover.episode_id = episode_policy.episode_id
    cross join policies.default_policy
    cross join staging.run
),

final as (
    select
        asked.episode_id,
        case when asked.is_enrollment_told then asked.look_back_days end as enrolled_days,
        asked.is_enrollment_told and asked.look_back_days >= asked.least_days as enrollment_complete,
        asked.is_enrollment_told
        and asked.look_back_days < asked.least_days
        and asked.enrolled_days >= asked.least_days as is_history_not_delivered,
        asked.feed_days < asked.lookback_days as is_look_back_outside_feed,
        asked.lookback_days - asked.feed_days as outside_feed_days,
        asked.is_enrollment_told
        and asked.has_pharmacy_claim
        and asked.drug_days >= asked.least_days as drugs_visible,
        asked.device_history_days < asked.least_device_history_days as is_device_history_unknown
    from asked
)

select * from final
