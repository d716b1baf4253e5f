-- One row per claim diagnosis that is a supported indication for a stimulator on the claim's coding date.
--
-- See docs/rule.md 4.2, 4.3.

with

final as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.diagnosis_rank,
        claim_diagnosis.diagnosis_code,
        claim_diagnosis.code_system,
        claim_diagnosis.claim_date,
        other_indications.value_set,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.source_table,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from intermediate.claim_diagnosis
    inner join value_sets.other_indications
        on
            claim_diagnosis.code_system = other_indications.match_system
            and claim_diagnosis.diagnosis_code = other_indications.code
            and claim_diagnosis.coding_date
            between other_indications.first_valid_date and other_indications.last_valid_date
    where other_indications.indication_class = 'supported'
)

select * from final
