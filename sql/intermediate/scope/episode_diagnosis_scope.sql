-- One row per episode: its billed diagnoses and its diagnosis class.
--
-- lbp_unspecified is the value set of that name with specificity unspecified, and other_lbp when the policy includes
-- it. First that holds: not_low_back_pain, other_indication (a supported indication, or any pain label when the policy
-- says so, on any claim of the episode, any rank), low_back_pain_with_neighbour, low_back_pain_only. An episode with a
-- claim of a shared number whose diagnoses belong to nobody has no class.
--
-- See docs/rule.md 4.1, 4.2, 8.5.

with

billed as (
    select
        episode_index_line.episode_id,
        billed_diagnosis.diagnosis_code,
        coalesce(
            bool_or(
                back_diagnosis.value_set = 'lbp_unspecified'
                and (
                    back_diagnosis.specificity = 'unspecified'
                    or (back_diagnosis.specificity = 'other_lbp' and episode_policy.include_other_low_back_pain)
                )
            ),
            false
        ) as is_low_back_pain
    from intermediate.episode_index_line
    inner join intermediate.episode_policy
        on episode_index_line.episode_id = episode_policy.episode_id
    inner join intermediate.billed_diagnosis
        on
            episode_index_line.member_id = billed_diagnosis.member_id
            and episode_index_line.claim_id = billed_diagnosis.claim_id
            and episode_index_line.source_table = billed_diagnosis.source_table
            and episode_index_line.source_key = billed_diagnosis.source_key
    left join intermediate.back_diagnosis
        on
            billed_diagnosis.member_id = back_diagnosis.member_id
            and billed_diagnosis.claim_id = back_diagnosis.claim_id
            and billed_diagnosis.diagnosis_rank = back_diagnosis.diagnosis_rank
    group by episode_index_line.episode_id, billed_diagnosis.diagnosis_code
),

billed_total as (
    select
        billed.episode_id,
        list(billed.diagnosis_code order by billed.diagnosis_code) as billed_diagnoses,
        bool_or(billed.is_low_back_pain) as is_low_back_pain
    from billed
    group by billed.episode_id
),

claim_back_diagnosis as (
    select
        episode_claim.episode_id,
        bool_or(back_diagnosis.is_pain_label) as has_pain_label,
        bool_or(
            back_diagnosis.value_set = 'lbp_near_neighbour'
            and back_diagnosis.specificity not in ('pain_label', 'nonspecific_soft_tissue')
        ) as has_neighbour,
        bool_or(not back_diagnosis.is_valid_on_date) as has_invalid_code
    from intermediate.episode_claim
    inner join intermediate.back_diagnosis
        on
            episode_claim.member_id = back_diagnosis.member_id
            and episode_claim.claim_id = back_diagnosis.claim_id
    group by episode_claim.episode_id
),

claim_indication as (
    select
        episode_claim.episode_id,
        count(*) as supported_count
    from intermediate.episode_claim
    inner join intermediate.supported_indication
        on
            episode_claim.member_id = supported_indication.member_id
            and episode_claim.claim_id = supported_indication.claim_id
    group by episode_claim.episode_id
),

tested as (
    select
        episode.episode_id,
        episode.has_shared_claim,
        coalesce(billed_total.billed_diagnoses, cast([] as varchar[])) as billed_diagnoses,
        coalesce(billed_total.is_low_back_pain, false) as is_low_back_pain,
        claim_indication.supported_count is not null
        or (episode_policy.pain_label_exempts and coalesce(claim_back_diagnosis.has_pain_label, false))
            as has_other_indication,
        coalesce(claim_back_diagnosis.has_neighbour, false) as has_neighbour,
        coalesce(claim_back_diagnosis.has_invalid_code, false) as has_invalid_code
    from intermediate.episode
    inner join intermediate.episode_policy
        on episode.episode_id = episode_policy.episode_id
    left join billed_total
        on episode.episode_id = billed_total.episode_id
    left join claim_back_diagnosis
        on episode.episode_id = claim_back_diagnosis.episode_id
    left join claim_indication
        on episode.episode_id = claim_indication.episode_id
),

final as (
    select
        tested.* exclude (has_shared_claim),
        case
            when tested.has_shared_claim then null
            when not tested.is_low_back_pain then 'not_low_back_pain'
            when tested.has_other_indication then 'other_indication'
            when tested.has_neighbour then 'low_back_pain_with_neighbour'
            else 'low_back_pain_only'
        end as diagnosis_class
    from tested
)

select * from final
