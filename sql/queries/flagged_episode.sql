-- One row per flagged episode with the look-back of its policy, best first: the rows of the sheet Worklist.

with

lookback as (
    select
        policy.policy_id,
        policy.policy_version,
        policy.parameter_value
    from audit.policy
    where policy.parameter = 'lookback_days'
),

final as (
    select
        episode_review.*,
        lookback.parameter_value as lookback_days
    from audit.episode_review
    left join lookback
        on
            episode_review.policy_id = lookback.policy_id
            and episode_review.policy_version = lookback.policy_version
    where episode_review.outcome = 'flagged'
)

select * from final
order by priority_score desc nulls last, anchor_date asc, episode_id asc
