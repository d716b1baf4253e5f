-- One row per claim of a candidate of which earlier deliveries hold rows that no longer count: the first delivery that
-- does, by claim identifier and member, and without a member for rows that name none.
--
-- Where a later delivery holds a claim whole, its newest delivery counts. A full delivery ends every claim that it
-- lacks whose lines, as far as they came before, all start in the period it covers. A row without a member may be any
-- member's of that number, so it goes when it goes for all of them.
--
-- See docs/contract.md 1.6, 1.7.

with

is_asked as (
    select redelivery_given.holds_whole_claims
    from run_facts.redelivery_given
    where
        redelivery_given.holds_whole_claims
        or (select bool_or(delivery.delivery_kind = 'full') from landed.delivery)
),

number as (
    select medical_claim.claim_id
    from kept.medical_claim
    inner join staging.candidate_identifier
        on medical_claim.member_id = candidate_identifier.delivered_member_id
    cross join is_asked
    group by medical_claim.claim_id
),

delivered as (
    select
        claim_number.claim_id,
        coalesce(member_identifier.member_id, claim_number.member_id) as member_id,
        claim_number.delivery_number,
        min(claim_number.claim_line_start_date) as first_date,
        max(claim_number.claim_line_start_date) as last_date
    from kept.claim_number
    inner join number
        on claim_number.claim_id = number.claim_id
    left join staging.member_identifier
        on claim_number.member_id = member_identifier.previous_member_id
    group by
        claim_number.claim_id,
        coalesce(member_identifier.member_id, claim_number.member_id),
        claim_number.delivery_number
),

sent_again as (
    select
        delivered.claim_id,
        delivered.member_id,
        max(delivered.delivery_number) as delivery_number
    from delivered
    cross join is_asked
    where is_asked.holds_whole_claims
    group by delivered.claim_id, delivered.member_id
),

lacking as (
    select
        delivered.claim_id,
        delivered.member_id,
        delivery.delivery_number
    from delivered
    inner join landed.delivery
        on
            delivered.delivery_number < delivery.delivery_number
            and delivery.delivery_kind = 'full'
    left join delivered as held
        on
            delivered.claim_id = held.claim_id
            and delivered.member_id = held.member_id
            and delivery.delivery_number = held.delivery_number
    where held.claim_id is null
    group by delivered.claim_id, delivered.member_id, delivery.delivery_number, delivery.covers_from, delivery.covers_to
    having
        min(delivered.first_date) >= delivery.covers_from
        and max(delivered.last_date) <= delivery.covers_to
),

kept as (
    select
        sent_again.claim_id,
        sent_again.member_id,
        sent_again.delivery_number
    from sent_again
    union all
    select
        lacking.claim_id,
        lacking.member_id,
        lacking.delivery_number
    from lacking
),

member_claim as (
    select
        delivered.claim_id,
        delivered.member_id,
        coalesce(max(kept.delivery_number), 0) as delivery_number
    from delivered
    left join kept
        on
            delivered.claim_id = kept.claim_id
            and delivered.member_id = kept.member_id
    group by delivered.claim_id, delivered.member_id
),

final as (
    select
        member_claim.claim_id,
        member_claim.member_id,
        member_claim.delivery_number
    from member_claim
    where member_claim.delivery_number > 0
    union all
    select
        member_claim.claim_id,
        cast(null as varchar) as member_id,
        min(member_claim.delivery_number) as delivery_number
    from member_claim
    group by member_claim.claim_id
    having min(member_claim.delivery_number) > 0
)

select * from final
