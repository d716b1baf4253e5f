-- One row per open episode and date of counting exercise in the look-back.
--
-- See docs/rule.md 6.2.

with

final as (
    select
        care_line.episode_id,
        care_line.service_date,
        episode_policy.exercise_max_gap_days
    from intermediate.care_line
    inner join intermediate.episode_policy
        on care_line.episode_id = episode_policy.episode_id
    where
        care_line.is_in_look_back
        and care_line.counts = 'yes'
        and care_line.care_group = 'exercise'
    group by care_line.episode_id, care_line.service_date, episode_policy.exercise_max_gap_days
)

select * from final
