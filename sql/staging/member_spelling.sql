-- One row per candidate member and other delivered identifier that is theirs but for case, or for leading zeros.
--
-- A system that folds case, or reads identifiers as numbers, makes two members of one: the care of one stands beside
-- the implant of the other. differs_in: case, or zeros where that alone does not tell.

with

candidate as (
    select
        candidate_identifier.member_id,
        candidate_identifier.delivered_member_id,
        ltrim(lower(candidate_identifier.delivered_member_id), '0') as folded_id
    from staging.candidate_identifier
),

delivered as (
    select
        'eligibility' as table_name,
        eligibility.member_id,
        max(eligibility.delivery_number) as delivery_number
    from landed.eligibility
    where ltrim(lower(eligibility.member_id), '0') in (select candidate.folded_id from candidate)
    group by eligibility.member_id
    union all
    select
        'medical_claim' as table_name,
        medical_claim.member_id,
        max(medical_claim.delivery_number) as delivery_number
    from landed.medical_claim
    where ltrim(lower(medical_claim.member_id), '0') in (select candidate.folded_id from candidate)
    group by medical_claim.member_id
    union all
    select
        'pharmacy_claim' as table_name,
        pharmacy_claim.member_id,
        max(pharmacy_claim.delivery_number) as delivery_number
    from landed.pharmacy_claim
    where ltrim(lower(pharmacy_claim.member_id), '0') in (select candidate.folded_id from candidate)
    group by pharmacy_claim.member_id
    union all
    select
        'prior_authorization' as table_name,
        prior_authorization.member_id,
        max(prior_authorization.delivery_number) as delivery_number
    from landed.prior_authorization
    where ltrim(lower(prior_authorization.member_id), '0') in (select candidate.folded_id from candidate)
    group by prior_authorization.member_id
    union all
    select
        'care_documentation' as table_name,
        care_documentation.member_id,
        max(care_documentation.delivery_number) as delivery_number
    from landed.care_documentation
    where ltrim(lower(care_documentation.member_id), '0') in (select candidate.folded_id from candidate)
    group by care_documentation.member_id
),

final as (
    select
        candidate.member_id,
        delivered.member_id as other_member_id,
        case
            when bool_or(lower(candidate.delivered_member_id) = lower(delivered.member_id)) then 'case'
            else 'zeros'
        end as differs_in,
        min(delivered.table_name) as table_name,
        max(delivered.delivery_number) as delivery_number
    from candidate
    inner join delivered
        on candidate.folded_id = ltrim(lower(delivered.member_id), '0')
    left join candidate as own
        on
            candidate.member_id = own.member_id
            and delivered.member_id = own.delivered_member_id
    where own.member_id is null
    group by candidate.member_id, delivered.member_id
)

select * from final
