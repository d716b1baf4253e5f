-- One row per episode and fact that may support the service or explain the claim: what an analyst must see first.
--
-- Supported indications and spine surgery in [anchor - history_days, anchor - 1], red flags, clinical trial markers,
-- approved authorisations, and revisions or complications after the implant.

with

indication as (
    select
        episode_window.episode_id,
        'supported_indication' as fact,
        supported_indication.claim_date as fact_date,
        supported_indication.claim_id,
        supported_indication.code_system,
        supported_indication.diagnosis_code as code
    from intermediate.episode_window
    inner join intermediate.supported_indication
        on
            episode_window.member_id = supported_indication.member_id
            and episode_window.history_start_date <= supported_indication.claim_date
            and episode_window.last_event_date >= supported_indication.claim_date
),

surgery as (
    select
        episode_window.episode_id,
        'prior_spine_surgery' as fact,
        prior_spine_surgery_row.surgery_date as fact_date,
        prior_spine_surgery_row.claim_id,
        prior_spine_surgery_row.code_system,
        prior_spine_surgery_row.code
    from intermediate.episode_window
    inner join intermediate.prior_spine_surgery_row
        on
            episode_window.member_id = prior_spine_surgery_row.member_id
            and episode_window.history_start_date <= prior_spine_surgery_row.surgery_date
            and episode_window.look_back_end_date >= prior_spine_surgery_row.surgery_date
),

red_flag as (
    select
        episode_red_flag.episode_id,
        'red_flag' as fact,
        episode_red_flag.claim_date as fact_date,
        episode_red_flag.claim_id,
        cast(null as varchar) as code_system,
        episode_red_flag.diagnosis_code as code
    from intermediate.episode_red_flag
),

listed_marker as (
    select
        episode_trial_marker.episode_id,
        unnest([
            case when episode_trial_marker.has_trial_diagnosis then 'trial_diagnosis' end,
            case when episode_trial_marker.has_investigational_marker then 'trial_modifier_or_condition' end,
            case when episode_trial_marker.has_any_trial_number then 'trial_number' end
        ]) as fact
    from intermediate.episode_trial_marker
),

marker as (
    select
        episode.episode_id,
        listed_marker.fact,
        episode.anchor_date as fact_date,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as code_system,
        cast(null as varchar) as code
    from intermediate.episode
    inner join listed_marker
        on
            episode.episode_id = listed_marker.episode_id
            and listed_marker.fact is not null
),

authorization_fact as (
    select
        episode_authorization.episode_id,
        'prior_authorization' as fact,
        coalesce(episode_authorization.decision_date, episode_authorization.valid_from) as fact_date,
        cast(null as varchar) as claim_id,
        case when episode_authorization.hcpcs_code is not null then 'hcpcs' end as code_system,
        episode_authorization.hcpcs_code as code
    from intermediate.episode_authorization
),

after_implant as (
    select
        follow_up.episode_id,
        'revision_after_implant' as fact,
        follow_up.first_revision_date as fact_date,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as code_system,
        cast(null as varchar) as code
    from intermediate.follow_up
    where follow_up.first_revision_date is not null
    union all
    select
        follow_up.episode_id,
        'complication_after_implant' as fact,
        follow_up.first_complication_date as fact_date,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as code_system,
        cast(null as varchar) as code
    from intermediate.follow_up
    where follow_up.first_complication_date is not null
),

gathered as (
    select * from indication
    union
    select * from surgery
    union
    select * from red_flag
    union
    select * from marker
    union
    select * from authorization_fact
    union
    select * from after_implant
),

final as (
    select *
    from gathered
    order by episode_id, fact, fact_date, claim_id, code
)

select * from final
