-- One row per open episode and statement about the member's care: whether it validly documents failure.
--
-- Valid when the modality is a word of documentation_modalities (which names the group), the outcome shows failure, the
-- document is dated in [anchor - statement_max_age_days, anchor], document, author and source are named and, unless
-- contraindicated, the care is dated: start_date <= (end_date) <= document_date, an end_date or a visit, and an
-- end_date not before anchor - statement_max_age_days. What is missing is kept in words.
--
-- See docs/rule.md 7.1.

with

known_statement as (
    select
        open_episode.episode_id,
        open_episode.anchor_date,
        open_episode.look_back_start_date,
        open_episode.look_back_end_date,
        care_documentation.*,
        documentation_modalities.care_group,
        cast(open_episode.anchor_date - episode_policy.statement_max_age_days as date) as oldest_date,
        coalesce(care_documentation.outcome, '') = 'contraindicated' as is_contraindicated
    from intermediate.open_episode
    inner join staging.care_documentation
        on open_episode.member_id = care_documentation.member_id
    inner join intermediate.episode_policy
        on open_episode.episode_id = episode_policy.episode_id
    left join value_sets.documentation_modalities
        on care_documentation.modality = documentation_modalities.word
),

judged_statement as (
    select
        known_statement.*,
        list_filter(
            [
                case when known_statement.care_group is null then 'a modality the policy knows' end,
                case
                    when
                        known_statement.outcome is null
                        or known_statement.outcome not in (
                            'no_benefit', 'inadequate_benefit', 'intolerance', 'contraindicated'
                        )
                        then 'an outcome that shows failure, intolerance or contraindication'
                end,
                case
                    when
                        known_statement.document_date is null
                        or known_statement.document_date < known_statement.oldest_date
                        or known_statement.document_date > known_statement.anchor_date
                        then 'a document dated in the period the policy looks at'
                end,
                case when known_statement.document_id is null then 'a document identifier' end,
                case when known_statement.author_role is null then 'the role of its author' end,
                case when known_statement.source_type is null then 'the type of its source' end,
                case
                    when not known_statement.is_contraindicated and known_statement.start_date is null
                        then 'the date the care started'
                end,
                case
                    when
                        not known_statement.is_contraindicated
                        and (
                            known_statement.start_date > known_statement.document_date
                            or known_statement.start_date > known_statement.end_date
                            or known_statement.end_date > known_statement.document_date
                        )
                        then 'care dated before the document, from start to end'
                end,
                case
                    when
                        not known_statement.is_contraindicated
                        and known_statement.end_date is null
                        and coalesce(known_statement.visit_count, 0) < 1
                        then 'an end of the care or a number of visits'
                end,
                case
                    when
                        not known_statement.is_contraindicated
                        and known_statement.end_date < known_statement.oldest_date
                        then 'care that ended in the period the policy looks at'
                end
            ],
            lambda missing: missing is not null
        ) as missing
    from known_statement
),

final as (
    select
        judged_statement.* exclude (is_contraindicated, oldest_date),
        len(judged_statement.missing) = 0 as is_valid,
        case when len(judged_statement.missing) = 0 then 'valid' else 'incomplete_statement' end as statement_state,
        greatest(judged_statement.start_date, judged_statement.look_back_start_date) as span_start_date,
        least(coalesce(judged_statement.end_date, judged_statement.start_date), judged_statement.look_back_end_date)
            as span_end_date
    from judged_statement
)

select * from final
