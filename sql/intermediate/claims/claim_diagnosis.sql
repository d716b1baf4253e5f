-- One row per diagnosis rank of a claim with a counting line.
--
-- Of the member's own rows that name one rank of a claim differently the last delivered wins (a blank long row empties
-- its rank), and is its source. A blank type is ICD-10 from icd_10_from on, by the claim's coding date.
--
-- See docs/rule.md 1.2, 1.3, 2.2.

with

numbered as (
    select
        delivered_diagnosis.*,
        row_number() over (
            partition by
                delivered_diagnosis.member_id,
                delivered_diagnosis.claim_id,
                delivered_diagnosis.diagnosis_rank
            order by
                delivered_diagnosis.delivery_number desc,
                delivered_diagnosis.file_number desc,
                delivered_diagnosis.source_row desc
        ) as copy_number
    from intermediate.delivered_diagnosis
    where not delivered_diagnosis.is_unowned
),

final as (
    select
        numbered.member_id,
        numbered.claim_id,
        numbered.diagnosis_rank,
        numbered.diagnosis_code,
        coalesce(
            numbered.diagnosis_code_type,
            case when claim.coding_date >= default_policy.icd_10_from then 'icd-10-cm' else 'icd-9-cm' end
        ) as code_system,
        claim.claim_date,
        claim.coding_date,
        numbered.claim_line_number,
        case when numbered.is_in_columns then 'medical_claim' else 'claim_diagnosis' end as source_table,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    inner join intermediate.claim
        on
            numbered.member_id = claim.member_id
            and numbered.claim_id = claim.claim_id
    cross join policies.default_policy
    where
        numbered.copy_number = 1
        and numbered.diagnosis_code is not null
)

select * from final
