-- One row per claim of a member with an implant code, delivery that holds less of it than the one before, and table.
--
-- line_count: how many lines it holds, or ranks of diagnoses or of procedure rows. Of ranks the newest delivery of the
-- claim is told, and as the earlier count all that any delivery held. lines_stay: what it lacks still counts, for
-- redelivered_claims is "lines"; with "whole" it is gone, and of ranks nothing is told.

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

fewer as (
    select
        'medical_claim' as source_table,
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
    union all
    select
        left_out_rank.source_table,
        left_out_rank.member_id,
        left_out_rank.claim_id,
        cast(left_out_rank.earlier_delivery_number as integer) as earlier_delivery_number,
        left_out_rank.delivery_number,
        cast(left_out_rank.earlier_row_count as integer) as earlier_line_count,
        cast(left_out_rank.row_count as integer) as line_count,
        true as lines_stay
    from intermediate.left_out_rank
),

final as (
    select
        fewer.member_id,
        fewer.claim_id,
        fewer.earlier_delivery_number,
        fewer.delivery_number,
        fewer.earlier_line_count,
        fewer.line_count,
        fewer.lines_stay,
        fewer.source_table
    from fewer
    order by fewer.member_id, fewer.claim_id, fewer.delivery_number, fewer.source_table
)

select * from final
