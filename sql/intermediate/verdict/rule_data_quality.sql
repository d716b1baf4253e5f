-- One row per check on what the rule itself met in the candidates' history: counts, never values.
--
-- Claims that replace or void in a way that cannot be followed, claim numbers that are not one member's, reversed fills
-- that reverse nothing, fills whose drug is in no set, and index claims without a diagnosis. All are warnings that are
-- counted: the rule says what happens to each, and a case that one of them touches says so in audit.episode_remark.
--
-- See docs/rule.md 1.2, 2.3, 2.8, 4.1, 6.4.

with

naming_claim as (
    select
        count(*) as claim_count,
        count(*) filter (where claim_final_state.final_state = 'pending_request') as held_count,
        count(*) filter (where claim_final_state.final_state = 'in_ring') as ring_count,
        count(*) filter (where claim_final_state.original_claim_id = claim_final_state.claim_id) as self_count,
        count(*) filter (
            where
            not claim_version.has_original
            and claim_final_state.original_claim_id is distinct from claim_final_state.claim_id
        ) as orphan_count,
        count(*) filter (where claim_final_state.final_state = 'outranked') as outranked_count
    from intermediate.claim_final_state
    inner join intermediate.claim_version
        on
            claim_final_state.member_id = claim_version.member_id
            and claim_final_state.claim_id = claim_version.claim_id
    where claim_final_state.claim_frequency_code is not null
),

fill_total as (
    select
        count(*) as fill_count,
        count(*) filter (where fill_medication.source_row is null) as unmatched_count
    from intermediate.fill
    left join intermediate.fill_medication
        on
            fill.delivery_number = fill_medication.delivery_number
            and fill.file_number = fill_medication.file_number
            and fill.source_row = fill_medication.source_row
),

reversal_total as (
    select
        count(*) as reversal_count,
        count(*) filter (where taken_back_fill.reversal_source_row is null) as vain_count
    from intermediate.delivered_fill
    left join intermediate.taken_back_fill
        on
            delivered_fill.delivery_number = taken_back_fill.reversal_delivery_number
            and delivered_fill.file_number = taken_back_fill.reversal_file_number
            and delivered_fill.source_row = taken_back_fill.reversal_source_row
    where delivered_fill.takes_fill_back
),

number_total as (
    select
        count(*) as number_count,
        count(*) filter (where shared_claim_number.claim_id is not null) as shared_count
    from staging.candidate_claim
    left join staging.shared_claim_number
        on candidate_claim.claim_id = shared_claim_number.claim_id
),

unowned_total as (
    select
        count(*) as claim_count,
        count(*) filter (where shared_claim.claim_id is not null) as unowned_count
    from intermediate.claim
    left join intermediate.shared_claim
        on
            claim.member_id = shared_claim.member_id
            and claim.claim_id = shared_claim.claim_id
),

index_total as (
    select
        count(*) as episode_count,
        count(*) filter (where len(episode_diagnosis_scope.billed_diagnoses) = 0) as undiagnosed_count,
        count(*) filter (where episode_diagnosis_scope.has_invalid_code) as invalid_code_count
    from intermediate.episode_diagnosis_scope
),

counted as (
    select
        'replacement_held' as check_name,
        'medical_claim' as table_name,
        naming_claim.held_count as failed_count,
        naming_claim.claim_count as total_count,
        'A replacement or void with a pending and no paid line does not count yet.' as description,
        'The original stays in force until the replacement is paid.' as consequence
    from naming_claim
    union all
    select
        'replacement_ring' as check_name,
        'medical_claim' as table_name,
        naming_claim.ring_count as failed_count,
        naming_claim.claim_count as total_count,
        'Replacements name each other in a ring.' as description,
        'None of them counts. Ask the claims system for the final claim.' as consequence
    from naming_claim
    union all
    select
        'replacement_names_itself' as check_name,
        'medical_claim' as table_name,
        naming_claim.self_count as failed_count,
        naming_claim.claim_count as total_count,
        'A replacement or void names itself as the original.' as description,
        'A replacement stands alone and a void is ignored.' as consequence
    from naming_claim
    union all
    select
        'replacement_without_original' as check_name,
        'medical_claim' as table_name,
        naming_claim.orphan_count as failed_count,
        naming_claim.claim_count as total_count,
        'The original of a replacement or void is not in the data received.' as description,
        'A replacement stands alone and a void is ignored. Deliver the month of the original.' as consequence
    from naming_claim
    union all
    select
        'replacement_outranked' as check_name,
        'medical_claim' as table_name,
        naming_claim.outranked_count as failed_count,
        naming_claim.claim_count as total_count,
        'Two live replacements of one original were delivered.' as description,
        'The one paid later counts.' as consequence
    from naming_claim
    union all
    select
        'fill_in_no_value_set' as check_name,
        'pharmacy_claim' as table_name,
        fill_total.unmatched_count as failed_count,
        fill_total.fill_count as total_count,
        'A fill of a candidate member has a drug that no value set names.' as description,
        'It is neither care nor listed. Deliver drug_crosswalk to place more drugs.' as consequence
    from fill_total
    union all
    select
        'reversed_fill_without_fill' as check_name,
        'pharmacy_claim' as table_name,
        reversal_total.vain_count as failed_count,
        reversal_total.reversal_count as total_count,
        'A reversed fill finds no fill of its claim and line that it could take back.' as description,
        'It is left out alone. If its fill stands under another claim number, that fill still counts.' as consequence
    from reversal_total
    union all
    select
        'claim_number_shared' as check_name,
        'medical_claim' as table_name,
        number_total.shared_count as failed_count,
        number_total.number_count as total_count,
        'A claim number of a candidate stands under two members or more.' as description,
        'Each member has a claim of that number. Deliver member_id with diagnoses and procedure rows.' as consequence
    from number_total
    union all
    select
        'diagnosis_of_nobody' as check_name,
        'claim_diagnosis' as table_name,
        unowned_total.unowned_count as failed_count,
        unowned_total.claim_count as total_count,
        'A claim of a shared number has a diagnosis row that names no member.' as description,
        'The row belongs to nobody, and an implant on such a claim cannot be judged. Deliver member_id.' as consequence
    from unowned_total
    union all
    select
        'index_claim_without_diagnosis' as check_name,
        'claim_diagnosis' as table_name,
        index_total.undiagnosed_count as failed_count,
        index_total.episode_count as total_count,
        'An episode has no billed diagnosis.' as description,
        'It is excluded as not low back pain. Deliver the diagnoses of its claims.' as consequence
    from index_total
    union all
    select
        'back_code_not_valid_on_date' as check_name,
        'claim_diagnosis' as table_name,
        index_total.invalid_code_count as failed_count,
        index_total.episode_count as total_count,
        'An episode carries a back pain code outside its dates.' as description,
        'It is judged all the same and noted.' as consequence
    from index_total
),

final as (
    select
        counted.check_name,
        'warning' as severity,
        counted.table_name,
        cast(counted.failed_count as bigint) as failed_count,
        cast(counted.total_count as bigint) as total_count,
        case
            when counted.total_count = 0 then 'not_applicable'
            when counted.failed_count > 0 then 'counted'
            else 'passed'
        end as status,
        counted.description,
        counted.consequence
    from counted
    order by counted.table_name, counted.check_name
)

select * from final
