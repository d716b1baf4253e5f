-- One row per delivered version of a claim line, numbered from the first to the final one.
--
-- Versions of a line share member, claim and line number (compared without leading zeros). They are ordered by
-- paid_date (missing first), then by delivery, file and row; the last wins. On an institutional line without a
-- claim_frequency_code a last character 7 or 8 of bill_type_code stands for it.
--
-- See docs/rule.md 2.2, 2.3.

with

keyed as (
    select
        medical_claim.* exclude (claim_frequency_code),
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
