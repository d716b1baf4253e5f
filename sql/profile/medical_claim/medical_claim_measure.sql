-- One row per measure of a delivery's claim lines, for all of them, each sender and each line of business.

with

opening_code as (
    select index_procedures.code
    from value_sets.index_procedures
    where index_procedures.opens_event <> 'no'
    group by index_procedures.code
),

line as (
    select
        coalesce(delivered_medical_claim.data_source, '') as data_source,
        coalesce(delivered_medical_claim.line_of_business, '') as line_of_business,
        date_trunc('month', delivered_medical_claim.claim_line_start_date) as service_month,
        delivered_medical_claim.claim_status,
        delivered_medical_claim.paid_amount,
        case when delivered_medical_claim.paid_amount > 0 then delivered_medical_claim.paid_amount end as paid_dollars,
        opening_code.code is not null as is_opening,
        delivered_medical_claim.claim_type = 'professional' as is_professional,
        delivered_medical_claim.hcpcs_code is not null as has_code,
        delivered_medical_claim.hcpcs_modifier_1 is not null as has_modifier,
        delivered_medical_claim.place_of_service_code is not null as has_place,
        delivered_medical_claim.bill_type_code is not null as has_bill_type,
        delivered_medical_claim.bill_type_code is not null
        or delivered_medical_claim.revenue_center_code is not null as is_like_hospital,
        delivered_medical_claim.service_unit_quantity,
        delivered_medical_claim.diagnosis_pointer is not null as has_pointer,
        regexp_matches(delivered_medical_claim.diagnosis_pointer, '[2-9B-Lb-l]') as points_further,
        extract(day from delivered_medical_claim.claim_line_start_date) = 1 as is_first_of_month,
        delivered_medical_claim.diagnosis_code_1,
        delivered_medical_claim.diagnosis_code_2,
        coalesce(delivered_medical_claim.rendering_npi, delivered_medical_claim.billing_npi) as npi,
        case
            when
                regexp_full_match(
                    coalesce(delivered_medical_claim.rendering_npi, delivered_medical_claim.billing_npi),
                    '[12][0-9]{9}'
                )
                then
                    cast(
                        coalesce(delivered_medical_claim.rendering_npi, delivered_medical_claim.billing_npi) as bigint
                    )
        end as whole_npi,
        date_diff('day', delivered_medical_claim.claim_line_start_date, delivered_medical_claim.paid_date) as lag_days
    from delivered_medical_claim
    left join opening_code
        on delivered_medical_claim.hcpcs_code = opening_code.code
),

-- The check digit of an NPI is Luhn's over 80840 and its ten digits: every second digit, from the ninth backwards,
-- counts twice (digit by digit), 80840 counts 24, and the sum is a multiple of ten (45 CFR 162.406).
checked as (
    select
        *,
        (
            24
            + whole_npi % 10
            + (whole_npi // 100) % 10
            + (whole_npi // 10000) % 10
            + (whole_npi // 1000000) % 10
            + (whole_npi // 100000000) % 10
            + 2 * ((whole_npi // 10) % 10) - 9 * cast((whole_npi // 10) % 10 > 4 as integer)
            + 2 * ((whole_npi // 1000) % 10) - 9 * cast((whole_npi // 1000) % 10 > 4 as integer)
            + 2 * ((whole_npi // 100000) % 10) - 9 * cast((whole_npi // 100000) % 10 > 4 as integer)
            + 2 * ((whole_npi // 10000000) % 10) - 9 * cast((whole_npi // 10000000) % 10 > 4 as integer)
            + 2 * (whole_npi // 1000000000) - 9 * cast(whole_npi // 1000000000 > 4 as integer)
        ) % 10 <> 0 as is_false_npi
    from line
),

counted as materialized (
    select
        data_source,
        line_of_business,
        service_month,
        count(*) as line_count,
        count(*) filter (where claim_status is null) as blank_status_count,
        count(*) filter (where claim_status = 'denied') as denied_count,
        count(*) filter (where claim_status = 'pending') as pending_count,
        count(*) filter (where claim_status = 'reversed') as reversed_count,
        count(*) filter (where is_professional) as professional_count,
        count(*) filter (where is_like_hospital) as like_hospital_count,
        count(*) filter (where is_like_hospital and is_professional) as hospital_as_professional_count,
        count(*) filter (where not is_like_hospital and has_place) as like_office_count,
        count(*) filter (where not is_like_hospital and has_place and not is_professional)
            as office_as_institutional_count,
        count(*) filter (where has_code) as coded_count,
        count(*) filter (where is_opening) as opening_count,
        count(paid_dollars) as paid_count,
        sum(cast(round(1000 * ln(paid_dollars)) as bigint)) as paid_size,
        count(*) filter (where paid_dollars % 100 = 0) as whole_hundred_count,
        count(*) filter (where paid_amount = 0 and coalesce(claim_status, 'paid') = 'paid') as zero_paid_count,
        count(*) filter (where coalesce(claim_status, 'paid') = 'paid') as status_paid_count,
        count(paid_dollars) filter (where is_opening) as opening_paid_count,
        sum(cast(round(1000 * ln(paid_dollars)) as bigint)) filter (where is_opening) as opening_paid_size,
        count(*) filter (where has_modifier) as modifier_count,
        count(*) filter (where is_professional and has_place) as place_count,
        count(*) filter (where not is_professional) as institutional_count,
        count(*) filter (where not is_professional and has_bill_type) as bill_type_count,
        count(service_unit_quantity) as unit_count,
        count(*) filter (where service_unit_quantity = 0) as zero_unit_count,
        count(*) filter (where has_pointer) as pointer_count,
        count(*) filter (where points_further) as points_further_count,
        count(*) filter (where is_first_of_month) as first_of_month_count,
        count(diagnosis_code_1) as wide_diagnosis_count,
        count(diagnosis_code_2) as wide_second_count,
        count(*) filter (where length(diagnosis_code_1) = 3) as wide_short_count,
        count(npi) as npi_count,
        count(whole_npi) as whole_npi_count,
        count(*) filter (where is_false_npi) as false_npi_count,
        count(lag_days) as lag_count,
        sum(least(greatest(lag_days, 0), 730)) as lag_sum
    from checked
    group by data_source, line_of_business, service_month
),

summed as (
    select
        case
            when grouping(data_source) = 0 then 'data_source'
            when grouping(line_of_business) = 0 then 'line_of_business'
            else 'all'
        end as segment_kind,
        coalesce(data_source, line_of_business, '') as segment,
        sum(columns(* exclude (data_source, line_of_business, service_month)))
    from counted
    group by grouping sets ((), (data_source), (line_of_business))
),

measured as (
    select
        segment_kind,
        segment,
        unnest(
            [
                { 'measure': 'lines', 'value': line_count, 'row_count': line_count },
                { 'measure': 'blank_status_share', 'value': blank_status_count / line_count, 'row_count': line_count },
                { 'measure': 'denied_share', 'value': denied_count / line_count, 'row_count': line_count },
                { 'measure': 'pending_share', 'value': pending_count / line_count, 'row_count': line_count },
                { 'measure': 'reversed_share', 'value': reversed_count / line_count, 'row_count': line_count },
                { 'measure': 'professional_share', 'value': professional_count / line_count, 'row_count': line_count },
                {
                    'measure': 'hospital_as_professional_share',
                    'value': hospital_as_professional_count / like_hospital_count,
                    'row_count': like_hospital_count
                },
                {
                    'measure': 'office_as_institutional_share',
                    'value': office_as_institutional_count / like_office_count,
                    'row_count': like_office_count
                },
                { 'measure': 'coded_share', 'value': coded_count / line_count, 'row_count': line_count },
                { 'measure': 'opening_share', 'value': opening_count / line_count, 'row_count': line_count },
                { 'measure': 'paid_typical', 'value': exp(paid_size / 1000 / paid_count), 'row_count': paid_count },
                {
                    'measure': 'whole_hundred_share',
                    'value': whole_hundred_count / paid_count,
                    'row_count': paid_count
                },
                {
                    'measure': 'zero_paid_share',
                    'value': zero_paid_count / status_paid_count,
                    'row_count': status_paid_count
                },
                {
                    'measure': 'opening_paid_typical',
                    'value': exp(opening_paid_size / 1000 / opening_paid_count),
                    'row_count': opening_paid_count
                },
                { 'measure': 'modifier_share', 'value': modifier_count / line_count, 'row_count': line_count },
                {
                    'measure': 'place_share', 'value': place_count / professional_count, 'row_count': professional_count
                },
                {
                    'measure': 'bill_type_share',
                    'value': bill_type_count / institutional_count,
                    'row_count': institutional_count
                },
                { 'measure': 'zero_unit_share', 'value': zero_unit_count / unit_count, 'row_count': unit_count },
                {
                    'measure': 'pointer_further_share',
                    'value': points_further_count / pointer_count,
                    'row_count': pointer_count
                },
                {
                    'measure': 'first_of_month_share',
                    'value': first_of_month_count / line_count,
                    'row_count': line_count
                },
                {
                    'measure': 'wide_second_diagnosis_share',
                    'value': wide_second_count / wide_diagnosis_count,
                    'row_count': wide_diagnosis_count
                },
                {
                    'measure': 'wide_short_diagnosis_share',
                    'value': wide_short_count / wide_diagnosis_count,
                    'row_count': wide_diagnosis_count
                },
                { 'measure': 'whole_npi_share', 'value': whole_npi_count / npi_count, 'row_count': npi_count },
                {
                    'measure': 'false_npi_share',
                    'value': false_npi_count / whole_npi_count,
                    'row_count': whole_npi_count
                },
                { 'measure': 'payment_lag', 'value': lag_sum / lag_count, 'row_count': lag_count }
            ]
        ) as one
    from summed
),

month as (
    select
        service_month,
        sum(line_count) as line_count
    from counted
    group by service_month
),

busy_month as (
    select
        'all' as segment_kind,
        '' as segment,
        unnest(
            [
                {
                    'measure': 'busy_months',
                    'value': cast(count(*) as double),
                    'row_count': sum(line_count)
                },
                {
                    'measure': 'newest_month',
                    'value': cast(date_diff('month', date '1900-01-01', max(service_month)) as double),
                    'row_count': sum(line_count)
                }
            ]
        ) as one
    from month
    where line_count >= 0.2 * (select max(fullest.line_count) from month as fullest)
),

final as (
    select
        segment_kind,
        segment,
        one.measure,
        one.value,
        one.row_count
    from measured
    union all
    select
        segment_kind,
        segment,
        one.measure,
        one.value,
        one.row_count
    from busy_month
)

select * from final
