-- One row per flagged episode, best first: the rows of the sheet Worklist.

with

remark_sentence as (
    select
        episode_remark.episode_id,
        episode_remark.remark_kind,
        episode_remark.remark_text
    from audit.episode_remark
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
        episode_review.*,
        coalesce(remarked.remarks, []) as remarks
    from audit.episode_review
    left join remarked
        on episode_review.episode_id = remarked.episode_id
    where episode_review.outcome = 'flagged'
)

select * from final
order by priority_score desc nulls last, anchor_date asc, episode_id asc
