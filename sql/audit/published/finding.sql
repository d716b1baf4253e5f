-- One row per flagged episode, best first: the worklist. A finding asks a person to review; it decides nothing.
--
-- Best first: priority_score, then anchor_date, then episode_id. The tables are named without their schema because this
-- is a view in a file called audit: some clients would take "audit." for the name of the file.

with

reason_sentence as (
    select
        criterion_result.episode_id,
        string_agg(criterion_result.explanation, ' ' order by criterion_result.criterion_number) as why
    from criterion_result
    where
        criterion_result.result = 'not_met'
        and criterion_result.criterion <> 'adequate_care'
    group by criterion_result.episode_id
),

remark_sentence as (
    select
        episode_remark.episode_id,
        episode_remark.remark_kind,
        episode_remark.remark_text
    from episode_remark
    group by episode_remark.episode_id, episode_remark.remark_kind, episode_remark.remark_text
),

remarked as (
    select
        remark_sentence.episode_id,
        list(
            remark_sentence.remark_text
            order by
                list_position(['set_aside', 'doubtful', 'repaired'], remark_sentence.remark_kind),
                remark_sentence.remark_text
        ) as remarks
    from remark_sentence
    group by remark_sentence.episode_id
),

final as (
    select
        episode_review.* exclude (surgeon_npis, facility_npis, billing_npis),
        reason_sentence.why,
        episode_review.surgeon_npis,
        episode_review.facility_npis,
        episode_review.billing_npis,
        coalesce(remarked.remarks, []) as remarks
    from episode_review
    left join reason_sentence on episode_review.episode_id = reason_sentence.episode_id
    left join remarked on episode_review.episode_id = remarked.episode_id
    where episode_review.outcome = 'flagged'
)

select * from final
order by priority_score desc nulls last, anchor_date asc, episode_id asc
