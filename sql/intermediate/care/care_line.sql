-- One row per open episode and claim line or procedure row that was considered as care before the implant.
--
-- Services dated in [anchor - history_days, anchor - 1]; is_in_look_back tells those that can be evidence. A line gives
-- one row: conservative_care is read before not_conservative, a revenue code only if the line has no HCPCS code. counts
-- is yes when the value set says so, the claim carries a back code where one is needed (and the policy asks for it),
-- and the policy counts the group; counts_reason says why not.
--
-- See docs/rule.md 6.1, 6.2, 6.3.

with

back_claim as (
    select
        back_diagnosis.member_id,
        back_diagnosis.claim_id
    from intermediate.back_diagnosis
    where not back_diagnosis.is_pain_label
    group by back_diagnosis.member_id, back_diagnosis.claim_id
),

considered_service as (
    select
        open_episode.episode_id,
        service.*,
        service.service_date >= open_episode.look_back_start_date as is_in_look_back
    from intermediate.open_episode
    inner join intermediate.service
        on
            open_episode.member_id = service.member_id
            and open_episode.history_start_date <= service.service_date
            and open_episode.look_back_end_date >= service.service_date
),

-- Three ways to match, each by keys; no row is found by two of them.
conservative_match as (
    select
        considered_service.episode_id,
        considered_service.claim_id,
        considered_service.source_table,
        considered_service.source_key,
        considered_service.service_date,
        conservative_care.*
    from considered_service
    inner join value_sets.conservative_care
        on
            considered_service.match_system = conservative_care.match_system
            and considered_service.code = conservative_care.code
    union all
    select
        considered_service.episode_id,
        considered_service.claim_id,
        considered_service.source_table,
        considered_service.source_key,
        considered_service.service_date,
        conservative_care.*
    from considered_service
    inner join value_sets.conservative_care
        on
            considered_service.code is null
            and conservative_care.match_system = 'revenue-code'
            and considered_service.revenue_center_code = conservative_care.code
    union all
    select
        considered_service.episode_id,
        considered_service.claim_id,
        considered_service.source_table,
        considered_service.source_key,
        considered_service.service_date,
        conservative_care.*
    from considered_service
    inner join value_sets.conservative_care
        on
            considered_service.match_system || '-prefix' = conservative_care.match_system
            and starts_with(considered_service.code, conservative_care.code)
),

conservative_row as (
    select
        conservative_match.episode_id,
        conservative_match.claim_id,
        conservative_match.source_table,
        conservative_match.source_key,
        conservative_match.code_system,
        conservative_match.code,
        conservative_match.care_group,
        conservative_match.modality,
        conservative_match.counts,
        conservative_match.needs_back_diagnosis,
        conservative_match.hours_per_unit,
        1 as reading_order
    from conservative_match
    where
        conservative_match.service_date
        between conservative_match.first_valid_date and conservative_match.last_valid_date
),

other_row as (
    select
        considered_service.episode_id,
        considered_service.claim_id,
        considered_service.source_table,
        considered_service.source_key,
        not_conservative.code_system,
        not_conservative.code,
        cast(null as varchar) as care_group,
        not_conservative.value_set as modality,
        not_conservative.counts,
        'no' as needs_back_diagnosis,
        cast(null as double) as hours_per_unit,
        2 as reading_order
    from considered_service
    inner join value_sets.not_conservative
        on
            considered_service.match_system = not_conservative.match_system
            and considered_service.code = not_conservative.code
            and considered_service.service_date
            between not_conservative.first_valid_date and not_conservative.last_valid_date
),

matched_row as (
    select * from conservative_row
    union all
    select * from other_row
),

first_row as (
    select
        matched_row.*,
        row_number() over (
            partition by
                matched_row.episode_id,
                matched_row.claim_id,
                matched_row.source_table,
                matched_row.source_key
            order by matched_row.reading_order asc, length(matched_row.code) desc, matched_row.code
        ) as row_choice
    from matched_row
),

judged_row as (
    select
        considered_service.episode_id,
        considered_service.member_id,
        considered_service.claim_id,
        considered_service.claim_line_number,
        considered_service.source_table,
        considered_service.source_key,
        considered_service.service_date,
        considered_service.is_in_look_back,
        considered_service.service_unit_quantity,
        considered_service.delivery_number,
        considered_service.file_number,
        considered_service.source_row,
        first_row.code_system,
        -- Evidence of a prefix row is the code that stands on the claim.
        case
            when ends_with(first_row.code_system, '-prefix') then considered_service.code else first_row.code
        end as code,
        first_row.care_group,
        first_row.modality,
        first_row.hours_per_unit,
        first_row.reading_order = 2 as is_not_conservative,
        case
            when first_row.reading_order = 2 then 'not_conservative_care'
            when first_row.counts <> 'yes' then 'code_does_not_count'
            when
                first_row.needs_back_diagnosis = 'yes'
                and episode_policy.spine_diagnosis_required
                and back_claim.claim_id is null
                then 'no_back_diagnosis_on_claim'
            when
                first_row.care_group = 'acupuncture'
                and not episode_policy.acupuncture_counts
                then 'group_does_not_count_in_policy'
        end as counts_reason
    from considered_service
    inner join first_row
        on
            considered_service.episode_id = first_row.episode_id
            and considered_service.claim_id = first_row.claim_id
            and considered_service.source_table = first_row.source_table
            and considered_service.source_key = first_row.source_key
            and first_row.row_choice = 1
    inner join intermediate.episode_policy
        on considered_service.episode_id = episode_policy.episode_id
    left join back_claim
        on
            considered_service.member_id = back_claim.member_id
            and considered_service.claim_id = back_claim.claim_id
),

final as (
    select
        judged_row.*,
        case when judged_row.counts_reason is null then 'yes' else 'no' end as counts
    from judged_row
)

select * from final
