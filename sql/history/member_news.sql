-- One row per candidate member with rows landed since the publish before, and whether any adjusts what was there.
--
-- An adjustment is a line with another version, a replacement, void or reversal, a negative amount or supply, or a
-- diagnosis of a rank that was delivered before.

with candidate_claim as (
    select
        medical_claim.claim_id,
        medical_claim.member_id
    from staging.medical_claim
    group by medical_claim.claim_id, medical_claim.member_id
),

news_row as (
    select
        claim_line_version.member_id,
        claim_line_version.delivery_number,
        claim_line_version.version_count > 1
        or coalesce(claim_line_version.claim_frequency_code in ('7', '8'), false)
        or coalesce(claim_line_version.claim_status = 'reversed', false)
        or coalesce(claim_line_version.paid_amount < 0, false) as is_adjustment
    from intermediate.claim_line_version
    union all
    select
        candidate_claim.member_id,
        claim_diagnosis.delivery_number,
        count(*) over (
            partition by candidate_claim.member_id, claim_diagnosis.claim_id, claim_diagnosis.diagnosis_rank
        ) > 1 as is_adjustment
    from staging.claim_diagnosis
    inner join candidate_claim
        on
            claim_diagnosis.claim_id = candidate_claim.claim_id
            and coalesce(claim_diagnosis.member_id, candidate_claim.member_id) = candidate_claim.member_id
    union all
    select
        pharmacy_claim.member_id,
        pharmacy_claim.delivery_number,
        coalesce(pharmacy_claim.claim_status = 'reversed', false)
        or pharmacy_claim.days_supply < 0 as is_adjustment
    from staging.pharmacy_claim
    union all
    select
        eligibility.member_id,
        eligibility.delivery_number,
        false as is_adjustment
    from staging.eligibility
    union all
    select
        prior_authorization.member_id,
        prior_authorization.delivery_number,
        false as is_adjustment
    from staging.prior_authorization
    union all
    select
        care_documentation.member_id,
        care_documentation.delivery_number,
        false as is_adjustment
    from staging.care_documentation
),

final as (
    select
        news_row.member_id,
        bool_or(news_row.is_adjustment) as has_adjustment
    from news_row
    cross join run_facts.publish_before
    where news_row.delivery_number > publish_before.newest_delivery_number
    group by news_row.member_id
)

select * from final
order by final.member_id
