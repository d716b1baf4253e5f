-- One row per service or diagnosis that shows spine surgery; prefix rows of the value set match by prefix.
--
-- See docs/rule.md 4.3.

with

service_surgery as (
    select
        service.member_id,
        service.claim_id,
        service.service_date as surgery_date,
        service.match_system as code_system,
        service.code,
        service.claim_line_number,
        service.source_table,
        service.source_key,
        service.delivery_number,
        service.file_number,
        service.source_row
    from intermediate.service
    inner join value_sets.prior_spine_surgery
        on
            service.service_date between prior_spine_surgery.first_valid_date and prior_spine_surgery.last_valid_date
            and (
                (
                    service.match_system = prior_spine_surgery.match_system
                    and service.code = prior_spine_surgery.code
                )
                or (
                    service.match_system || '-prefix' = prior_spine_surgery.match_system
                    and starts_with(service.code, prior_spine_surgery.code)
                )
            )
),

diagnosis_surgery as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.claim_date as surgery_date,
        claim_diagnosis.code_system,
        claim_diagnosis.diagnosis_code as code,
        claim_diagnosis.claim_line_number,
        claim_diagnosis.source_table,
        cast(null as varchar) as source_key,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from intermediate.claim_diagnosis
    inner join value_sets.prior_spine_surgery
        on
            claim_diagnosis.code_system = prior_spine_surgery.match_system
            and claim_diagnosis.diagnosis_code = prior_spine_surgery.code
            and claim_diagnosis.coding_date
            between prior_spine_surgery.first_valid_date and prior_spine_surgery.last_valid_date
),

final as (
    select * from service_surgery
    union
    select * from diagnosis_surgery
)

select * from final
