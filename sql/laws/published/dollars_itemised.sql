-- One row per episode whose dollars are not the sum of its lines.
--
-- Law: the lines of an episode sum to its dollars, to the cent, and are unknown where those are
--
-- What is asked is not the sum by which the episode was made: one line too many, or one too few, shows here.

with

line_total as (
    select
        episode_dollar_line.episode_id,
        case when count(*) = count(episode_dollar_line.paid_amount) then sum(episode_dollar_line.paid_amount) end
            as paid_amount,
        case when count(*) = count(episode_dollar_line.allowed_amount) then sum(episode_dollar_line.allowed_amount) end
            as allowed_amount
    from episode_dollar_line
    group by episode_dollar_line.episode_id
),

itemised as (
    select
        episode_review.episode_id,
        episode_review.paid_amount,
        episode_review.allowed_amount,
        case when line_total.episode_id is null then 0 else line_total.paid_amount end as line_paid_amount,
        case when line_total.episode_id is null then 0 else line_total.allowed_amount end as line_allowed_amount
    from episode_review
    full join line_total
        on episode_review.episode_id = line_total.episode_id
),

final as (
    select
        itemised.episode_id,
        itemised.paid_amount,
        itemised.line_paid_amount,
        itemised.allowed_amount,
        itemised.line_allowed_amount
    from itemised
    where
        itemised.episode_id is null
        or itemised.paid_amount is distinct from itemised.line_paid_amount
        or itemised.allowed_amount is distinct from itemised.line_allowed_amount
)

select * from final
