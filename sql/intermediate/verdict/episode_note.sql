-- One row per episode: its notes, sorted; notes never move an outcome.
--
-- See docs/rule.md 8.6.

with

noted as (
    select
        episode.episode_id,
        list_sort(
            list_filter(
                [
                    case
                        when episode_diagnosis_scope.has_invalid_code then 'diagnosis_code_not_valid_on_date'
                    end,
                    case when episode.has_repeated_interim_line then 'interim_bills_repeat_lines' end,
                    case when episode.is_payment_unknown then 'payment_unknown' end,
                    case when episode.has_pending_line then 'pending_claims' end,
                    case
                        when
                            episode.episode_kind = 'permanent_only'
                            and episode.event_stage = 'initial'
                            and not episode.is_aborted
                            then 'no_trial_found'
                    end,
                    case when episode_visibility.is_device_history_unknown then 'device_history_unknown' end,
                    case
                        when
                            episode.episode_kind = 'trial_only'
                            and episode.event_stage = 'initial'
                            and not episode.is_aborted
                            and episode.has_paddle_lead
                            then 'paddle_lead_without_generator'
                    end,
                    case
                        when
                            not episode_exclusion.is_excluded
                            and episode_diagnosis_scope.diagnosis_class is not null
                            and episode_diagnosis_scope.has_neighbour
                            then 'specificity_conflict'
                    end,
                    case
                        when episode_history.has_supported_indication or episode_history.has_prior_spine_surgery
                            then 'likely_miscoded'
                    end,
                    case
                        when
                            not episode_exclusion.is_excluded
                            and (
                                episode_trial_marker.has_trial_diagnosis
                                or episode_trial_marker.has_investigational_marker
                                or episode_trial_marker.has_any_trial_number
                            )
                            and not (
                                episode_trial_marker.has_trial_diagnosis
                                and episode_trial_marker.has_investigational_marker
                                and episode_trial_marker.has_trial_number
                            )
                            then 'trial_marker_incomplete'
                    end,
                    case
                        when
                            episode_care.documented_group_count > 0
                            and episode_criterion.failure_documented <> 'met'
                            then 'partial_failure_documentation'
                    end,
                    case
                        when episode_outcome.outcome = 'documented' and episode_policy.evidence_review
                            then 'evidence_review'
                    end,
                    case
                        when not episode_exclusion.is_excluded and not episode_visibility.drugs_visible
                            then 'drugs_not_visible'
                    end,
                    case
                        when not episode_exclusion.is_excluded and episode_visibility.is_look_back_outside_feed
                            then 'look_back_outside_feed'
                    end,
                    case
                        when not episode_exclusion.is_excluded and not run.has_care_documentation
                            then 'documentation_feed_not_supplied'
                    end,
                    case when not episode_history.has_psychological_evaluation then 'no_psychological_evaluation' end,
                    case
                        when episode_visibility.enrollment_complete and not episode_history.has_chronic_back_pain
                            then 'not_chronic'
                    end,
                    case
                        when episode_history.has_only_passive_or_invasive_care then 'only_passive_or_invasive_care'
                    end,
                    case when episode_history.has_earlier_care then 'care_before_look_back' end,
                    case
                        when not episode_exclusion.is_excluded and follow_up.first_revision_date is not null
                            then 'revision_within_24_months'
                    end,
                    case
                        when not episode_exclusion.is_excluded and follow_up.first_complication_date is not null
                            then 'complication_within_24_months'
                    end,
                    case
                        when not episode_exclusion.is_excluded and follow_up.is_follow_up_incomplete
                            then 'follow_up_incomplete'
                    end
                ],
                lambda note: note is not null
            )
        ) as notes
    from intermediate.episode
    inner join intermediate.episode_policy
        on episode.episode_id = episode_policy.episode_id
    inner join intermediate.episode_diagnosis_scope
        on episode.episode_id = episode_diagnosis_scope.episode_id
    inner join intermediate.episode_visibility
        on episode.episode_id = episode_visibility.episode_id
    inner join intermediate.episode_exclusion
        on episode.episode_id = episode_exclusion.episode_id
    inner join intermediate.episode_trial_marker
        on episode.episode_id = episode_trial_marker.episode_id
    inner join intermediate.episode_outcome
        on episode.episode_id = episode_outcome.episode_id
    inner join intermediate.follow_up
        on episode.episode_id = follow_up.episode_id
    cross join staging.run
    left join intermediate.episode_history
        on episode.episode_id = episode_history.episode_id
    left join intermediate.episode_care
        on episode.episode_id = episode_care.episode_id
    left join intermediate.episode_criterion
        on episode.episode_id = episode_criterion.episode_id
),

final as (
    select * from noted
)

select * from final
