-- One row per episode: what takes it off the list, every reason that holds, in the order of the rule.
--
-- Where not_low_back_pain holds, red_flag and other_indication are not tested. Nothing takes off an episode with a
-- claim of a shared number whose diagnoses belong to nobody.
--
-- See docs/rule.md 5, 5.1, 5.2, 5.3, 5.5, 8.5.

with

red_flag_total as (
    select episode_red_flag.episode_id
    from intermediate.episode_red_flag
    group by episode_red_flag.episode_id
),

authorization_total as (
    select episode_authorization.episode_id
    from intermediate.episode_authorization
    group by episode_authorization.episode_id
),

tested as (
    select
        episode.episode_id,
        episode.has_shared_claim,
        episode.is_aborted,
        episode.event_stage <> 'initial' as is_not_initial,
        episode_diagnosis_scope.diagnosis_class = 'not_low_back_pain' as is_not_low_back_pain,
        episode_diagnosis_scope.diagnosis_class <> 'not_low_back_pain'
        and red_flag_total.episode_id is not null as has_red_flag,
        episode_diagnosis_scope.diagnosis_class = 'other_indication' as has_other_indication,
        episode_trial_marker.has_trial_diagnosis
        and episode_trial_marker.has_investigational_marker
        and episode_trial_marker.has_trial_number as is_clinical_trial,
        authorization_total.episode_id is not null as has_authorization
    from intermediate.episode
    inner join intermediate.episode_diagnosis_scope
        on episode.episode_id = episode_diagnosis_scope.episode_id
    inner join intermediate.episode_trial_marker
        on episode.episode_id = episode_trial_marker.episode_id
    left join red_flag_total
        on episode.episode_id = red_flag_total.episode_id
    left join authorization_total
        on episode.episode_id = authorization_total.episode_id
),

listed as (
    select
        tested.episode_id,
        tested.has_authorization,
        list_filter(
            [
                case when tested.is_aborted then 'procedure_aborted' end,
                case when tested.is_not_initial then 'not_initial_implant' end,
                case when tested.is_not_low_back_pain then 'not_low_back_pain' end,
                case when tested.has_red_flag then 'red_flag' end,
                case when tested.has_other_indication then 'other_indication' end,
                case when tested.is_clinical_trial then 'clinical_trial' end,
                case when tested.has_authorization then 'prior_authorization_approved' end
            ],
            lambda reason: reason is not null and not tested.has_shared_claim
        ) as exclusion_reasons
    from tested
),

final as (
    select
        listed.*,
        len(listed.exclusion_reasons) > 0 as is_excluded
    from listed
)

select * from final
