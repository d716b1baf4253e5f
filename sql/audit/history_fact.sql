-- One row per episode, fact and delivered row that shows it: what may support the service or explain the claim.
--
-- Supported indications in [anchor - history_days, last event date] and spine surgery in [anchor - history_days,
-- anchor - 1], red flags, marks of a clinical trial, approved authorisations, and the first revision or complication
-- after the implant.

with

indication as (
    select
        episode_window.episode_id,
        'supported_indication' as fact,
        supported_indication.claim_date as fact_date,
        supported_indication.claim_id,
        supported_indication.code_system,
        supported_indication.diagnosis_code as code,
        supported_indication.claim_line_number,
        supported_indication.source_table,
        supported_indication.delivery_number,
        supported_indication.file_number,
        supported_indication.source_row
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
        prior_spine_surgery_row.code,
        prior_spine_surgery_row.claim_line_number,
        prior_spine_surgery_row.source_table,
        prior_spine_surgery_row.delivery_number,
        prior_spine_surgery_row.file_number,
        prior_spine_surgery_row.source_row
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
        episode_red_flag.code_system,
        episode_red_flag.diagnosis_code as code,
        episode_red_flag.claim_line_number,
        episode_red_flag.source_table,
        episode_red_flag.delivery_number,
        episode_red_flag.file_number,
        episode_red_flag.source_row
    from intermediate.episode_red_flag
),

marker as (
    select
        trial_marker_row.episode_id,
        trial_marker_row.fact,
        trial_marker_row.fact_date,
        trial_marker_row.claim_id,
        trial_marker_row.code_system,
        trial_marker_row.code,
        trial_marker_row.claim_line_number,
        trial_marker_row.source_table,
        trial_marker_row.delivery_number,
        trial_marker_row.file_number,
        trial_marker_row.source_row
    from intermediate.trial_marker_row
),

authorization_fact as (
    select
        episode_authorization.episode_id,
        'prior_authorization' as fact,
        coalesce(episode_authorization.decision_date, episode_authorization.valid_from) as fact_date,
        cast(null as varchar) as claim_id,
        case when episode_authorization.hcpcs_code is not null then 'hcpcs' end as code_system,
        episode_authorization.hcpcs_code as code,
        cast(null as varchar) as claim_line_number,
        'prior_authorization' as source_table,
        episode_authorization.delivery_number,
        episode_authorization.file_number,
        episode_authorization.source_row
    from intermediate.episode_authorization
),

after_implant as (
    select
        after_implant_row.episode_id,
        after_implant_row.fact,
        after_implant_row.fact_date,
        after_implant_row.claim_id,
        after_implant_row.code_system,
        after_implant_row.code,
        after_implant_row.claim_line_number,
        after_implant_row.source_table,
        after_implant_row.delivery_number,
        after_implant_row.file_number,
        after_implant_row.source_row
    from intermediate.after_implant_row
    inner join intermediate.follow_up
        on after_implant_row.episode_id = follow_up.episode_id
    where
        after_implant_row.fact_date = case after_implant_row.fact
            when 'revision_after_implant' then follow_up.first_revision_date
            when 'complication_after_implant' then follow_up.first_complication_date
        end
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

-- A diagnosis or procedure may have come in columns of a claim line: a row is sought by its file.
source_file as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        min(delivered_file.file_name) as file_name
    from landed.delivered_file
    group by delivered_file.delivery_number, delivered_file.file_number
),

final as (
    select
        gathered.* exclude (delivery_number, file_number, source_row),
        source_file.file_name as source_file,
        gathered.source_row
    from gathered
    left join source_file
        on
            gathered.delivery_number = source_file.delivery_number
            and gathered.file_number = source_file.file_number
    order by
        gathered.episode_id,
        gathered.fact,
        gathered.fact_date,
        gathered.claim_id,
        gathered.code,
        gathered.delivery_number,
        gathered.file_number,
        gathered.source_row
)

select * from final
