-- One row per episode: the windows its tests look at, as first and last day, both ends in.
--
-- look_back: [anchor - lookback_days, anchor - 1]; earlier: [anchor - history_days, anchor - lookback_days - 1];
-- history: [anchor - history_days, anchor - 1]; chronic: [anchor - history_days, anchor - chronic_days];
-- device_history: [T - clean_period_days, T - 1], T that of the episode's first event, by the default policy.
--
-- See docs/rule.md 3.6, 6.1, 8.6.

with

final as (
    select
        episode.episode_id,
        episode.member_id,
        episode.anchor_date,
        episode.last_event_date,
        cast(episode.anchor_date - episode_policy.lookback_days as date) as look_back_start_date,
        cast(episode.anchor_date - 1 as date) as look_back_end_date,
        cast(episode.anchor_date - episode_policy.history_days as date) as history_start_date,
        cast(episode.anchor_date - episode_policy.lookback_days - 1 as date) as earlier_end_date,
        cast(episode.anchor_date - episode_policy.chronic_days as date) as chronic_end_date,
        cast(episode.anchor_date - episode_policy.red_flag_days as date) as red_flag_start_date,
        cast(episode.anchor_date - episode_policy.symptom_days as date) as symptom_start_date,
        cast(episode.last_event_date + episode_policy.followup_days as date) as followup_end_date,
        cast(episode.device_history_until_date - default_policy.clean_period_days as date)
            as device_history_start_date,
        cast(episode.device_history_until_date - 1 as date) as device_history_end_date
    from intermediate.episode
    inner join intermediate.episode_policy
        on episode.episode_id = episode_policy.episode_id
    cross join policies.default_policy
)

select * from final
