-- One row per flagged episode and part of its priority, in points; the parts sum to the priority.
--
-- The parts are the reason, the diagnosis, the dollars (on a log scale, episode paid, or allowed where that is 0),
-- the completeness of the data, signs of harm, and miscoded: what the policy's factor takes off the others where the
-- claim is likely miscoded, so below 0, else 0. Dollars that nobody sent give no points.
--
-- See docs/rule.md 10.

with

flagged as (
    select
        episode.episode_id,
        episode_policy.* exclude (episode_id),
        episode_outcome.outcome_reason,
        episode_diagnosis_scope.diagnosis_class,
        episode_visibility.enrollment_complete,
        episode_visibility.drugs_visible,
        run.has_prior_authorization,
        episode_note.notes,
        greatest(
            case
                when episode.is_payment_unknown then 0
                when episode.paid_amount = 0 then episode.allowed_amount
                else episode.paid_amount
            end,
            0
        ) as dollar_amount
    from intermediate.episode
    inner join intermediate.episode_policy
        on episode.episode_id = episode_policy.episode_id
    inner join intermediate.episode_outcome
        on
            episode.episode_id = episode_outcome.episode_id
            and episode_outcome.outcome = 'flagged'
    inner join intermediate.episode_diagnosis_scope
        on episode.episode_id = episode_diagnosis_scope.episode_id
    inner join intermediate.episode_visibility
        on episode.episode_id = episode_visibility.episode_id
    inner join intermediate.episode_note
        on episode.episode_id = episode_note.episode_id
    cross join staging.run
),

pointed as (
    select
        flagged.episode_id,
        'reason' as part,
        case flagged.outcome_reason
            when 'no_conservative_care_found' then flagged.priority_no_conservative_care_found
            when 'conservative_care_too_short' then flagged.priority_conservative_care_too_short
            when 'failure_not_documented' then flagged.priority_failure_not_documented
            else error('A flagged episode without a reason of its own')
        end as points
    from flagged
    union all
    select
        flagged.episode_id,
        'diagnosis' as part,
        case flagged.diagnosis_class
            when 'low_back_pain_only' then flagged.priority_low_back_pain_only
            when 'low_back_pain_with_neighbour' then flagged.priority_low_back_pain_with_neighbour
            else error('A flagged episode outside the diagnosis scope')
        end as points
    from flagged
    union all
    select
        flagged.episode_id,
        'dollars' as part,
        least(
            flagged.priority_dollars
            * log10(1 + cast(flagged.dollar_amount as double))
            / log10(1 + cast(flagged.priority_dollars_reference as double)),
            flagged.priority_dollars
        ) as points
    from flagged
    union all
    select
        flagged.episode_id,
        'completeness' as part,
        case when flagged.enrollment_complete then flagged.priority_enrollment_complete else 0 end
        + case when flagged.drugs_visible then flagged.priority_drugs_visible else 0 end
        + case when flagged.has_prior_authorization then flagged.priority_authorization_supplied else 0 end as points
    from flagged
    union all
    select
        flagged.episode_id,
        'harm' as part,
        case
            when list_contains(flagged.notes, 'revision_within_24_months') then flagged.priority_revision
            else 0
        end
        + case
            when list_contains(flagged.notes, 'complication_within_24_months') then flagged.priority_complication
            else 0
        end as points
    from flagged
),

taken_off as (
    select
        flagged.episode_id,
        'miscoded' as part,
        case
            when list_contains(flagged.notes, 'likely_miscoded')
                then (flagged.priority_miscoded_factor - 1) * sum(cast(pointed.points as double))
            else 0
        end as points
    from flagged
    inner join pointed
        on flagged.episode_id = pointed.episode_id
    group by flagged.episode_id, flagged.notes, flagged.priority_miscoded_factor
),

every_part as (
    select * from pointed
    union all
    select * from taken_off
),

final as (
    select
        every_part.episode_id,
        every_part.part,
        part.position as part_number,
        cast(every_part.points as double) as points
    from every_part
    inner join vocabulary.word as part
        on
            part.kind = 'priority_part'
            and every_part.part = part.word
)

select * from final
