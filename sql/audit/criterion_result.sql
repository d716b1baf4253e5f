-- One row per open episode and criterion: what was asked, what was found, how far apart, in numbers and in words.
--
-- Dates in an explanation are the days the data received were looked at. Nothing found is said as nothing found in the
-- data received, never as care that was not given.
--
-- See docs/rule.md 8.4.

with

look_back as (
    select
        episode_criterion.*,
        episode_care.adequate_group_count,
        episode_care.documented_group_count,
        episode_care.is_exercise_adequate,
        episode_care.is_exercise_documented,
        episode_care.is_medication_unknown,
        episode_care.exercise_date_count,
        episode_care.exercise_span_days,
        episode_care.exercise_last_date,
        episode_care.service_count,
        episode_care.span_days,
        episode_care.span_start_date,
        episode_care.span_end_date,
        episode_policy.must_have_exercise,
        episode_policy.exercise_min_dates,
        episode_policy.exercise_min_span_days,
        episode_policy.exercise_max_gap_days,
        episode_policy.min_groups,
        episode_policy.min_total_span_days,
        open_episode.anchor_date,
        'in the data received from ' || cast(open_episode.look_back_start_date as varchar)
        || ' to ' || cast(open_episode.look_back_end_date as varchar) as seen,
        case
            when episode_visibility.enrollment_complete then ''
            when episode_visibility.enrolled_days is null
                then ' No enrolment was delivered, so days without care cannot be told from days not enrolled.'
            when episode_visibility.is_look_back_outside_feed
                then
                    ' The claims received do not reach ' || cast(episode_visibility.outside_feed_days as varchar)
                    || ' of ' || cast(episode_policy.lookback_days as varchar)
                    || ' days, and of the others the member was enrolled '
                    || cast(episode_visibility.enrolled_days as varchar)
                    || ', so care in the rest cannot be seen.'
            else
                ' The member was enrolled ' || cast(episode_visibility.enrolled_days as varchar)
                || ' of ' || cast(episode_policy.lookback_days as varchar)
                || ' days, so care in the other days cannot be seen.'
        end as unseen,
        case when episode_care.is_medication_unknown then ' Drug fills cannot be seen.' else '' end as unseen_drugs,
        run.has_care_documentation
    from intermediate.episode_criterion
    inner join intermediate.episode_care
        on episode_criterion.episode_id = episode_care.episode_id
    inner join intermediate.episode_policy
        on episode_criterion.episode_id = episode_policy.episode_id
    inner join intermediate.episode_visibility
        on episode_criterion.episode_id = episode_visibility.episode_id
    inner join intermediate.open_episode
        on episode_criterion.episode_id = open_episode.episode_id
    cross join staging.run
),

adequate_group as (
    select
        care_group_finding.episode_id,
        string_agg(care_group_finding.care_group, ', ' order by care_group_finding.care_group)
        filter (where care_group_finding.state = 'adequate') as adequate_groups,
        string_agg(care_group_finding.care_group, ', ' order by care_group_finding.care_group)
        filter (where care_group_finding.state = 'short') as short_groups,
        string_agg(care_group_finding.care_group, ', ' order by care_group_finding.care_group)
        filter (where care_group_finding.has_failure_statement) as documented_groups
    from intermediate.care_group_finding
    group by care_group_finding.episode_id
),

explained as (
    select
        look_back.episode_id,
        'exercise_course' as criterion,
        look_back.exercise_course as result,
        look_back.exercise_date_count as observed_value,
        look_back.exercise_min_dates as threshold_value,
        'dates' as unit,
        case
            when not look_back.must_have_exercise then 'This policy does not ask for an exercise course.'
            when look_back.is_exercise_documented and look_back.is_exercise_adequate
                then 'A failure statement covers exercise.'
            when look_back.exercise_date_count = 0
                then
                    'No claim for exercise that counts was found ' || look_back.seen || '; '
                    || cast(look_back.exercise_min_dates as varchar) || ' dates over '
                    || cast(look_back.exercise_min_span_days as varchar) || ' days are asked.' || look_back.unseen
            else
                cast(cast(look_back.exercise_date_count as integer) as varchar) || ' exercise dates over '
                || cast(look_back.exercise_span_days as varchar) || ' days in the best course, '
                || cast(look_back.exercise_min_dates as varchar) || ' over '
                || cast(look_back.exercise_min_span_days as varchar) || ' asked; the last exercise date is '
                || cast(look_back.anchor_date - look_back.exercise_last_date as varchar)
                || ' days before the anchor.'
                || case when look_back.is_exercise_adequate then '' else look_back.unseen end
        end as explanation
    from look_back
    union all
    select
        look_back.episode_id,
        'enough_groups' as criterion,
        look_back.enough_groups as result,
        look_back.adequate_group_count as observed_value,
        look_back.min_groups as threshold_value,
        'groups' as unit,
        case
            when look_back.adequate_group_count = 0 then 'No group of care is adequate ' || look_back.seen
            else 'Adequate ' || look_back.seen || ': ' || adequate_group.adequate_groups
        end
        || '; ' || cast(look_back.min_groups as varchar) || ' asked.'
        || coalesce(' Found but too little: ' || adequate_group.short_groups || '.', '')
        || case
            when look_back.enough_groups = 'met' then '' else look_back.unseen || look_back.unseen_drugs
        end as explanation
    from look_back
    inner join adequate_group
        on look_back.episode_id = adequate_group.episode_id
    union all
    select
        look_back.episode_id,
        'care_span' as criterion,
        look_back.care_span as result,
        look_back.span_days as observed_value,
        look_back.min_total_span_days as threshold_value,
        'days' as unit,
        case
            when look_back.span_start_date is null
                then
                    'No care that counts was found ' || look_back.seen || '; a span of '
                    || cast(look_back.min_total_span_days as varchar) || ' days is asked.'
            else
                'Care that counts runs from ' || cast(look_back.span_start_date as varchar) || ' to '
                || cast(look_back.span_end_date as varchar) || ', ' || cast(look_back.span_days as varchar)
                || ' days; ' || cast(look_back.min_total_span_days as varchar) || ' asked.'
        end
        || case when look_back.care_span = 'met' then '' else look_back.unseen || look_back.unseen_drugs end
            as explanation
    from look_back
    union all
    select
        look_back.episode_id,
        'failure_documented' as criterion,
        look_back.failure_documented as result,
        look_back.documented_group_count as observed_value,
        look_back.min_groups as threshold_value,
        'groups' as unit,
        case
            when look_back.documented_group_count > 0
                then
                    'Statements that document failure, intolerance or contraindication cover: '
                    || adequate_group.documented_groups || '; ' || cast(look_back.min_groups as varchar)
                    || ' groups asked'
                    || case when look_back.must_have_exercise then ', exercise among them.' else '.' end
            when not look_back.has_care_documentation
                then 'No extract of care documentation was delivered, so failure cannot be told.'
            else 'No complete failure statement was found in the documentation received.'
        end as explanation
    from look_back
    inner join adequate_group
        on look_back.episode_id = adequate_group.episode_id
    union all
    select
        look_back.episode_id,
        'adequate_care' as criterion,
        look_back.adequate_care as result,
        case when look_back.exercise_course = 'met' then 1 else 0 end
        + case when look_back.enough_groups = 'met' then 1 else 0 end
        + case when look_back.care_span = 'met' then 1 else 0 end as observed_value,
        3 as threshold_value,
        'criteria' as unit,
        case look_back.adequate_care
            when 'met' then 'Exercise course, enough groups and care span are all met.'
            when 'cannot_tell' then 'What is open cannot be told from the data received.'
            when 'not_met' then 'At least one of exercise course, enough groups and care span is not evidenced.'
            else error('A criterion without a result')
        end as explanation
    from look_back
),

final as (
    select
        explained.episode_id,
        explained.criterion,
        criterion.position as criterion_number,
        explained.result,
        cast(explained.observed_value as double) as observed_value,
        cast(explained.threshold_value as double) as threshold_value,
        explained.unit,
        explained.explanation
    from explained
    inner join vocabulary.word as criterion
        on
            criterion.kind = 'criterion'
            and explained.criterion = criterion.word
    order by explained.episode_id, criterion.position
)

select * from final
