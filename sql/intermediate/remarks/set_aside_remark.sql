-- One row per episode, set-aside row that may have borne on it and rule that the row broke.
--
-- The row names the member, or names none and a claim of the episode. A row whose day could be read is left out where
-- it lies before the history that is looked at or after the follow-up.
--
-- See docs/contract.md 1.2, 2.1.

with

final as (
    select
        episode_window.episode_id,
        rejected_row.rule as remark,
        rejected_row.table_name as source_table,
        list(distinct rejected_row.column_name order by rejected_row.column_name) as column_names,
        rejected_row.claim_id,
        rejected_row.claim_line_number,
        rejected_row.delivery_number,
        rejected_row.file_number,
        rejected_row.source_row
    from intermediate.episode_window
    inner join staging.rejected_row
        on episode_window.member_id = coalesce(rejected_row.member_id, episode_window.member_id)
    left join intermediate.episode_claim
        on
            episode_window.episode_id = episode_claim.episode_id
            and rejected_row.claim_id = episode_claim.claim_id
    where
        episode_claim.claim_id is not null
        or (
            rejected_row.member_id is not null
            and coalesce(rejected_row.row_date, episode_window.anchor_date)
            between episode_window.history_start_date and episode_window.followup_end_date
        )
    group by
        episode_window.episode_id,
        rejected_row.rule,
        rejected_row.table_name,
        rejected_row.claim_id,
        rejected_row.claim_line_number,
        rejected_row.delivery_number,
        rejected_row.file_number,
        rejected_row.source_row
)

select * from final
