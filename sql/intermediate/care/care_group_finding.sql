-- One row per open episode and care group with its state.
--
-- adequate (enough care, or a valid failure statement), unknown (medication, where drugs are not visible), short
-- (something counts, not enough), none.
--
-- See docs/rule.md 6.6, 7.1, 8.3.

with

documented_group as (
    select
        failure_statement.episode_id,
        failure_statement.care_group
    from intermediate.failure_statement
    where failure_statement.is_valid
    group by failure_statement.episode_id, failure_statement.care_group
),

final as (
    select
        care_group_measure.*,
        documented_group.care_group is not null as has_failure_statement,
        case
            when care_group_measure.is_enough or documented_group.care_group is not null then 'adequate'
            when care_group_measure.care_group = 'medication' and not episode_visibility.drugs_visible then 'unknown'
            when care_group_measure.service_count > 0 then 'short'
            else 'none'
        end as state
    from intermediate.care_group_measure
    inner join intermediate.episode_visibility
        on care_group_measure.episode_id = episode_visibility.episode_id
    left join documented_group
        on
            care_group_measure.episode_id = documented_group.episode_id
            and care_group_measure.care_group = documented_group.care_group
)

select * from final
