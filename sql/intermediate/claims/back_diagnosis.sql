-- One row per claim diagnosis that stands in the value set diagnoses_low_back_pain, whatever its date.
--
-- Codes of this set match outside their dates too, and are then said to be not valid on the date: payers see retired
-- codes billed, and hiding the code would hide the claim.
--
-- See docs/rule.md 1.1, 1.5.

with

final as (
    select
        claim_diagnosis.*,
        diagnoses_low_back_pain.value_set,
        diagnoses_low_back_pain.specificity,
        diagnoses_low_back_pain.specificity = 'pain_label' as is_pain_label,
        claim_diagnosis.coding_date
        between diagnoses_low_back_pain.first_valid_date and diagnoses_low_back_pain.last_valid_date
            as is_valid_on_date
    from intermediate.claim_diagnosis
    inner join value_sets.diagnoses_low_back_pain
        on
            claim_diagnosis.code_system = diagnoses_low_back_pain.match_system
            and claim_diagnosis.diagnosis_code = diagnoses_low_back_pain.code
)

select * from final
