-- One row per open episode, group and date of counting manipulation or acupuncture in the look-back.
--
-- See docs/rule.md 6.2.

with

final as (
    select
        care_line.episode_id,
        care_line.care_group,
        care_line.service_date,
        episode_policy.manipulation_window_days as window_days
    from intermediate.care_line
    inner join intermediate.episode_policy
        on care_line.episode_id = episode_policy.episode_id
    where
        care_line.is_in_look_back
        and care_line.counts = 'yes'
        and care_line.care_group in ('manipulation', 'acupuncture')
    group by
        care_line.episode_id,
        care_line.care_group,
        care_line.service_date,
        episode_policy.manipulation_window_days
)

select * from final
