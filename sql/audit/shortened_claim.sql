-- One row per claim of a member with an implant code and delivery that holds fewer lines of it than the one before.
--
-- lines_stay: the lines that it lacks still count, for redelivered_claims is "lines"; with "whole" they are gone.

with

counted as (
    select
        delivered_claim.*,
        lag(delivered_claim.line_count) over versions as earlier_line_count,
        lag(delivered_claim.delivery_number) over versions as earlier_delivery_number
    from staging.delivered_claim
    window versions as (
        partition by delivered_claim.member_id, delivered_claim.claim_id
        order by delivered_claim.delivery_number
    )
),

final as (
    select
        counted.member_id,
        counted.claim_id,
        cast(counted.earlier_delivery_number as integer) as earlier_delivery_number,
        counted.delivery_number,
        cast(counted.earlier_line_count as integer) as earlier_line_count,
        cast(counted.line_count as integer) as line_count,
        not redelivery_given.holds_whole_claims as lines_stay
    from counted
    cross join run_facts.redelivery_given
    where counted.line_count < counted.earlier_line_count
    order by counted.member_id, counted.claim_id, counted.delivery_number
)

select * from final
