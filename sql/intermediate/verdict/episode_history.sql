-- One row per open episode: what its member's history shows that no criterion asks about.
--
-- See docs/rule.md 4.3, 8.6.

with

back_pain as (
    select
        open_episode.episode_id,
        count(*) as claim_count
    from intermediate.open_episode
    inner join intermediate.back_diagnosis
        on
            open_episode.member_id = back_diagnosis.member_id
            and open_episode.history_start_date <= back_diagnosis.claim_date
            and open_episode.chronic_end_date >= back_diagnosis.claim_date
            and not back_diagnosis.is_pain_label
    group by open_episode.episode_id
),

indication as (
    select
        open_episode.episode_id,
        count(*) as claim_count
    from intermediate.open_episode
    inner join intermediate.supported_indication
        on
            open_episode.member_id = supported_indication.member_id
            and open_episode.history_start_date <= supported_indication.claim_date
            and open_episode.look_back_end_date >= supported_indication.claim_date
    group by open_episode.episode_id
),

surgery as (
    select
        open_episode.episode_id,
        count(*) as row_count
    from intermediate.open_episode
    inner join intermediate.prior_spine_surgery_row
        on
            open_episode.member_id = prior_spine_surgery_row.member_id
            and open_episode.history_start_date <= prior_spine_surgery_row.surgery_date
            and open_episode.look_back_end_date >= prior_spine_surgery_row.surgery_date
    group by open_episode.episode_id
),

psychology as (
    select
        open_episode.episode_id,
        count(*) as service_count
    from intermediate.open_episode
    inner join intermediate.service
        on
            open_episode.member_id = service.member_id
            and open_episode.look_back_start_date <= service.service_date
            and open_episode.anchor_date >= service.service_date
    inner join value_sets.psych_evaluation
        on
            psych_evaluation.counts = 'yes'
            and service.match_system = psych_evaluation.match_system
            and service.code = psych_evaluation.code
            and service.service_date between psych_evaluation.first_valid_date and psych_evaluation.last_valid_date
    group by open_episode.episode_id
),

line_total as (
    select
        care_line.episode_id,
        bool_or(care_line.is_in_look_back and care_line.counts = 'yes') as has_counting_line,
        bool_or(not care_line.is_in_look_back and care_line.counts = 'yes') as has_earlier_line,
        bool_or(
            care_line.is_in_look_back
            and (
                care_line.is_not_conservative
                or care_line.modality in ('passive_modality', 'manual_therapy')
            )
        ) as has_passive_or_invasive_line
    from intermediate.care_line
    group by care_line.episode_id
),

fill_total as (
    select
        care_fill.episode_id,
        bool_or(care_fill.is_in_look_back and care_fill.counts = 'yes') as has_counting_fill,
        bool_or(not care_fill.is_in_look_back and care_fill.counts = 'yes') as has_earlier_fill
    from intermediate.care_fill
    group by care_fill.episode_id
),

final as (
    select
        open_episode.episode_id,
        back_pain.claim_count is not null as has_chronic_back_pain,
        indication.claim_count is not null as has_supported_indication,
        surgery.row_count is not null as has_prior_spine_surgery,
        psychology.service_count is not null as has_psychological_evaluation,
        coalesce(line_total.has_earlier_line, false)
        or coalesce(fill_total.has_earlier_fill, false) as has_earlier_care,
        coalesce(line_total.has_passive_or_invasive_line, false)
        and not coalesce(line_total.has_counting_line, false)
        and not coalesce(fill_total.has_counting_fill, false) as has_only_passive_or_invasive_care
    from intermediate.open_episode
    left join back_pain
        on open_episode.episode_id = back_pain.episode_id
    left join indication
        on open_episode.episode_id = indication.episode_id
    left join surgery
        on open_episode.episode_id = surgery.episode_id
    left join psychology
        on open_episode.episode_id = psychology.episode_id
    left join line_total
        on open_episode.episode_id = line_total.episode_id
    left join fill_total
        on open_episode.episode_id = fill_total.episode_id
)

select * from final
