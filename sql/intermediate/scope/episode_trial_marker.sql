-- One row per episode: which of the three markers of a qualifying clinical trial its claims carry.
--
-- has_trial_number asks for a complete number, has_any_trial_number for any at all.
--
-- See docs/rule.md 5.6.

with

marker_total as (
    select
        trial_marker_row.episode_id,
        bool_or(trial_marker_row.fact = 'trial_diagnosis') as has_trial_diagnosis,
        bool_or(trial_marker_row.fact = 'trial_modifier_or_condition') as has_investigational_marker,
        bool_or(trial_marker_row.fact = 'trial_number' and trial_marker_row.is_complete) as has_trial_number,
        bool_or(trial_marker_row.fact = 'trial_number') as has_any_trial_number
    from intermediate.trial_marker_row
    group by trial_marker_row.episode_id
),

final as (
    select
        episode.episode_id,
        coalesce(marker_total.has_trial_diagnosis, false) as has_trial_diagnosis,
        coalesce(marker_total.has_investigational_marker, false) as has_investigational_marker,
        coalesce(marker_total.has_trial_number, false) as has_trial_number,
        coalesce(marker_total.has_any_trial_number, false) as has_any_trial_number
    from intermediate.episode
    left join marker_total
        on episode.episode_id = marker_total.episode_id
)

select * from final
