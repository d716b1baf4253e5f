-- One row per delivered version of a claim line, numbered from the first to the final one.
--
-- Versions of a line share member, claim and line number (compared without leading zeros). They are ordered by
-- paid_date (missing first), then by delivery, file and row; the last wins. On an institutional line without a
-- claim_frequency_code a last character 7 or 8 of bill_type_code stands for it. Columns are those that later steps
-- read; codes in columns (diagnoses, procedures) stay in staging.medical_claim, found by file and row.
--
-- See docs/rule.md 2.2, 2.3.

with

keyed as (
    select
        medical_claim.member_id,
        medical_claim.claim_id,
        medical_claim.claim_line_number,
        medical_claim.claim_type,
        medical_claim.claim_line_start_date,
        medical_claim.claim_start_date,
        medical_claim.claim_end_date,
        medical_claim.line_of_business,
        medical_claim.bill_type_code,
        medical_claim.revenue_center_code,
        medical_claim.hcpcs_code,
        medical_claim.hcpcs_modifier_1,
        medical_claim.hcpcs_modifier_2,
        medical_claim.hcpcs_modifier_3,
        medical_claim.hcpcs_modifier_4,
        medical_claim.hcpcs_modifier_5,
        medical_claim.service_unit_quantity,
        medical_claim.diagnosis_pointer,
        medical_claim.condition_codes,
        medical_claim.clinical_trial_number,
        medical_claim.prior_authorization_number,
        medical_claim.rendering_npi,
        medical_claim.billing_npi,
        medical_claim.row_warnings,
        medical_claim.facility_npi,
        medical_claim.paid_date,
        medical_claim.paid_amount,
        medical_claim.allowed_amount,
        medical_claim.claim_status,
        medical_claim.original_claim_id,
        medical_claim.delivery_number,
        medical_claim.file_number,
        medical_claim.source_row,
        coalesce(
            medical_claim.claim_frequency_code,
            case
                when medical_claim.claim_type = 'institutional' and right(medical_claim.bill_type_code, 1) in ('7', '8')
                    then right(medical_claim.bill_type_code, 1)
            end
        ) as claim_frequency_code,
        coalesce(nullif(ltrim(medical_claim.claim_line_number, '0'), ''), '0') as line_key
    from staging.medical_claim
),

final as (
    select
        keyed.*,
        row_number() over (
            partition by keyed.member_id, keyed.claim_id, keyed.line_key
            order by
                keyed.paid_date asc nulls first, keyed.delivery_number asc, keyed.file_number asc, keyed.source_row asc
        ) as version_number,
        count(*) over (partition by keyed.member_id, keyed.claim_id, keyed.line_key) as version_count
    from keyed
)

select * from final
