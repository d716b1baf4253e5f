-- One row per claim diagnosis that speaks of an implanted stimulator (class device_history).
--
-- See docs/rule.md 3.6.

with

final as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_date,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code,
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
    where other_indications.indication_class = 'device_history'
)

select * from final
