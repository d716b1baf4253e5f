-- One row per member and claim line that is in the dollars of episodes more than once.
--
-- Law: a claim line is in the dollars of one episode, once

with

final as (
    select
        episode_review.member_id,
        episode_dollar_line.claim_id,
        episode_dollar_line.claim_line_number
    from episode_dollar_line
    inner join episode_review
        on episode_dollar_line.episode_id = episode_review.episode_id
    group by episode_review.member_id, episode_dollar_line.claim_id, episode_dollar_line.claim_line_number
    having count(*) > 1
)

select * from final
