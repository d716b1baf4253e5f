-- One row per episode and delivered row that may bear on it, with what landing remarked of the row.
--
-- Final lines of the episode's claims and those in the look-back, fills in it, diagnoses and procedure rows of those
-- claims, and the member's spans, authorisations and statements as they stand. is_evidence tells the rows that the
-- verdict reads by their codes; another line of the look-back may be care whose code nobody could read.
--
-- See docs/contract.md 2.1.

with

care_row as (
    select
        care_line.episode_id,
        care_line.delivery_number,
        care_line.file_number,
        care_line.source_row
    from intermediate.care_line
    where
        care_line.is_in_look_back
        and care_line.source_table = 'medical_claim'
    group by all
),

line_row as (
    select
        episode_window.episode_id,
        'medical_claim' as source_table,
        final_line.claim_id,
        final_line.claim_line_number,
        final_line.delivery_number,
        final_line.file_number,
        final_line.source_row,
        final_line.row_warnings,
        episode_claim.claim_id is not null or care_row.episode_id is not null as is_evidence
    from intermediate.episode_window
    inner join intermediate.final_line
        on episode_window.member_id = final_line.member_id
    left join intermediate.episode_claim
        on
            episode_window.episode_id = episode_claim.episode_id
            and final_line.claim_id = episode_claim.claim_id
    left join care_row
        on
            episode_window.episode_id = care_row.episode_id
            and final_line.delivery_number = care_row.delivery_number
            and final_line.file_number = care_row.file_number
            and final_line.source_row = care_row.source_row
    where
        episode_claim.claim_id is not null
        or final_line.claim_line_start_date
        between episode_window.look_back_start_date and episode_window.look_back_end_date
),

case_claim_number as (
    select
        line_row.episode_id,
        episode_window.member_id,
        line_row.claim_id
    from line_row
    inner join intermediate.episode_window
        on line_row.episode_id = episode_window.episode_id
    where line_row.is_evidence
    group by all
),

diagnosis_row as (
    select
        case_claim_number.episode_id,
        'claim_diagnosis' as source_table,
        claim_diagnosis.claim_id,
        cast(null as varchar) as claim_line_number,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row,
        claim_diagnosis.row_warnings,
        true as is_evidence
    from case_claim_number
    inner join staging.claim_diagnosis
        on
            case_claim_number.claim_id = claim_diagnosis.claim_id
            and coalesce(claim_diagnosis.member_id, case_claim_number.member_id) = case_claim_number.member_id
),

procedure_row as (
    select
        case_claim_number.episode_id,
        'claim_procedure' as source_table,
        claim_procedure.claim_id,
        cast(null as varchar) as claim_line_number,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row,
        claim_procedure.row_warnings,
        true as is_evidence
    from case_claim_number
    inner join staging.claim_procedure
        on
            case_claim_number.claim_id = claim_procedure.claim_id
            and coalesce(claim_procedure.member_id, case_claim_number.member_id) = case_claim_number.member_id
),

fill_row as (
    select
        episode_window.episode_id,
        'pharmacy_claim' as source_table,
        pharmacy_claim.claim_id,
        pharmacy_claim.claim_line_number,
        pharmacy_claim.delivery_number,
        pharmacy_claim.file_number,
        pharmacy_claim.source_row,
        pharmacy_claim.row_warnings,
        true as is_evidence
    from intermediate.episode_window
    inner join staging.pharmacy_claim
        on
            episode_window.member_id = pharmacy_claim.member_id
            and episode_window.look_back_start_date <= pharmacy_claim.dispensing_date
            and episode_window.look_back_end_date >= pharmacy_claim.dispensing_date
),

member_row as (
    select
        'eligibility' as source_table,
        final_eligibility.member_id,
        final_eligibility.delivery_number,
        final_eligibility.file_number,
        final_eligibility.source_row,
        final_eligibility.row_warnings
    from intermediate.final_eligibility
    union all
    select
        'prior_authorization' as source_table,
        final_authorization.member_id,
        final_authorization.delivery_number,
        final_authorization.file_number,
        final_authorization.source_row,
        final_authorization.row_warnings
    from intermediate.final_authorization
    union all
    select
        'care_documentation' as source_table,
        care_documentation.member_id,
        care_documentation.delivery_number,
        care_documentation.file_number,
        care_documentation.source_row,
        care_documentation.row_warnings
    from staging.care_documentation
),

final as (
    select * from line_row
    union all
    select * from diagnosis_row
    union all
    select * from procedure_row
    union all
    select * from fill_row
    union all
    select
        episode_window.episode_id,
        member_row.source_table,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_line_number,
        member_row.delivery_number,
        member_row.file_number,
        member_row.source_row,
        member_row.row_warnings,
        true as is_evidence
    from intermediate.episode_window
    inner join member_row
        on episode_window.member_id = member_row.member_id
)

select * from final
