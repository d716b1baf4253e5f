-- One row per step from the rows delivered to the episodes flagged; within a unit the steps sum exactly.
--
-- entered_count less left_count is remaining_count, and the next step of the same unit enters with it. A new unit
-- (lines, index lines, episodes) starts with what the last one holds, counted in that unit.
--
-- See docs/contract.md 2.2.

with

delivered as (
    select
        sum(delivered_file.row_count) as row_count,
        sum(delivered_file.rejected_count) as rejected_count,
        sum(delivered_file.repeat_count) as repeat_count
    from landed.delivered_file
    where
        delivered_file.table_name = 'medical_claim'
        and delivered_file.fate = 'landed'
),

line_total as (
    select
        coalesce(max(delivered.row_count), 0) as delivered_count,
        coalesce(max(delivered.rejected_count), 0) as rejected_count,
        coalesce(max(delivered.repeat_count), 0) as repeat_count
    from delivered
),

candidate_total as (
    select
        count(*) as candidate_count,
        count(*) filter (where claim_line_version.version_number < claim_line_version.version_count)
            as earlier_version_count
    from intermediate.claim_line_version
),

counting_total as (
    select
        count(*) as counting_count,
        count(*) filter (where counting_line.is_credited) as credited_count
    from intermediate.counting_line
),

sum_total as (
    select count(*) as total_line_count
    from intermediate.final_line
    where final_line.is_total_line
),

index_total as (
    select
        count(*) as index_count,
        count(*) filter (where index_line.source_table = 'medical_claim') as index_claim_line_count
    from intermediate.index_line
),

episode_total as (
    select
        count(*) as episode_count,
        count(*) filter (where episode_review.outcome = 'documented') as documented_count,
        count(*) filter (where episode_review.outcome = 'not_assessable') as not_assessable_count,
        count(*) filter (where episode_review.outcome = 'flagged') as flagged_count
    from audit.episode_review
),

exclusion_total as (
    select
        exclusion.word as reason,
        exclusion.position as reason_number,
        count(episode_review.episode_id) as excluded_count
    from vocabulary.word as exclusion
    left join audit.episode_review
        on
            episode_review.outcome = 'excluded'
            and exclusion.word = episode_review.outcome_reason
    where exclusion.kind = 'exclusion'
    group by exclusion.word, exclusion.position
),

step as (
    select
        10 as step_number,
        'claim lines' as unit,
        'delivered' as step,
        0 as left_count,
        line_total.delivered_count as remaining_count,
        'claim lines read from the files delivered' as reason
    from line_total
    union all
    select
        20 as step_number,
        'claim lines' as unit,
        'rejected' as step,
        line_total.rejected_count as left_count,
        line_total.delivered_count - line_total.rejected_count as remaining_count,
        'set aside with a reason (audit.rejected_row)' as reason
    from line_total
    union all
    select
        30 as step_number,
        'claim lines' as unit,
        'repeats' as step,
        line_total.repeat_count as left_count,
        line_total.delivered_count - line_total.rejected_count - line_total.repeat_count as remaining_count,
        'equal to another row of the same delivery' as reason
    from line_total
    union all
    select
        40 as step_number,
        'claim lines' as unit,
        'no index code' as step,
        line_total.delivered_count - line_total.rejected_count - line_total.repeat_count
        - candidate_total.candidate_count as left_count,
        candidate_total.candidate_count as remaining_count,
        'of members without an implantation code, or delivered again later' as reason
    from line_total
    cross join candidate_total
    union all
    select
        50 as step_number,
        'claim lines' as unit,
        'earlier versions' as step,
        candidate_total.earlier_version_count as left_count,
        candidate_total.candidate_count - candidate_total.earlier_version_count as remaining_count,
        'a later version of the line was delivered' as reason
    from candidate_total
    union all
    select
        55 as step_number,
        'claim lines' as unit,
        'total lines' as step,
        sum_total.total_line_count as left_count,
        candidate_total.candidate_count - candidate_total.earlier_version_count
        - sum_total.total_line_count as remaining_count,
        'they repeat the sum of their claim' as reason
    from candidate_total
    cross join sum_total
    union all
    select
        60 as step_number,
        'claim lines' as unit,
        'not counting' as step,
        candidate_total.candidate_count - candidate_total.earlier_version_count
        - sum_total.total_line_count - counting_total.counting_count as left_count,
        counting_total.counting_count as remaining_count,
        'denied, reversed, voided or replaced' as reason
    from candidate_total
    cross join sum_total
    cross join counting_total
    union all
    select
        65 as step_number,
        'claim lines' as unit,
        'credited lines' as step,
        counting_total.credited_count as left_count,
        counting_total.counting_count - counting_total.credited_count as remaining_count,
        'taken back on the claim itself; they count for dollars alone' as reason
    from counting_total
    union all
    select
        70 as step_number,
        'claim lines' as unit,
        'not index lines' as step,
        counting_total.counting_count - counting_total.credited_count
        - index_total.index_claim_line_count as left_count,
        index_total.index_claim_line_count as remaining_count,
        'other care of these members' as reason
    from counting_total
    cross join index_total
    union all
    select
        80 as step_number,
        'index lines' as unit,
        'index lines' as step,
        0 as left_count,
        index_total.index_count as remaining_count,
        'claim lines and procedure rows that open an implantation event' as reason
    from index_total
    union all
    select
        100 as step_number,
        'episodes' as unit,
        'episodes' as step,
        0 as left_count,
        episode_total.episode_count as remaining_count,
        'index lines grouped into events and episodes' as reason
    from episode_total
    union all
    select
        100 + exclusion_total.reason_number as step_number,
        'episodes' as unit,
        'excluded' as step,
        exclusion_total.excluded_count as left_count,
        episode_total.episode_count - sum(exclusion_total.excluded_count) over (
            order by exclusion_total.reason_number
        ) as remaining_count,
        exclusion_total.reason
    from exclusion_total
    cross join episode_total
    union all
    select
        120 as step_number,
        'episodes' as unit,
        'documented' as step,
        episode_total.documented_count as left_count,
        episode_total.not_assessable_count + episode_total.flagged_count as remaining_count,
        'failure of conservative care is documented' as reason
    from episode_total
    union all
    select
        130 as step_number,
        'episodes' as unit,
        'not assessable' as step,
        episode_total.not_assessable_count as left_count,
        episode_total.flagged_count as remaining_count,
        'the data received cannot tell' as reason
    from episode_total
    union all
    select
        140 as step_number,
        'episodes' as unit,
        'flagged' as step,
        0 as left_count,
        episode_total.flagged_count as remaining_count,
        'flagged for review' as reason
    from episode_total
),

final as (
    select
        cast(step.step_number as integer) as step_number,
        step.unit,
        step.step,
        cast(step.remaining_count + step.left_count as bigint) as entered_count,
        cast(step.left_count as bigint) as left_count,
        cast(step.remaining_count as bigint) as remaining_count,
        step.reason
    from step
    order by step.step_number
)

select * from final
