-- One row per claim of a candidate and table of codes whose newest delivery lacks a rank that one before had.
--
-- A delivery that holds no diagnosis of the claim at all says nothing of them, and so does one that holds no procedure
-- row. row_count: how many ranks the newest one has; earlier_row_count: how many there are with those left out, which
-- still count. The row is that of the first rank left out. Where claims are delivered whole the others are gone.
--
-- See docs/contract.md 1.6.

with

delivered as (
    select
        'claim_diagnosis' as source_table,
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.diagnosis_rank as row_rank,
        claim_diagnosis.delivery_number,
        claim_diagnosis.file_number,
        claim_diagnosis.source_row
    from staging.claim_diagnosis
    union all
    select
        'claim_procedure' as source_table,
        claim_procedure.member_id,
        claim_procedure.claim_id,
        claim_procedure.procedure_rank as row_rank,
        claim_procedure.delivery_number,
        claim_procedure.file_number,
        claim_procedure.source_row
    from staging.claim_procedure
),

claim as (
    select
        delivered_claim.member_id,
        delivered_claim.claim_id
    from staging.delivered_claim
    group by delivered_claim.member_id, delivered_claim.claim_id
),

ranked as (
    select
        delivered.source_table,
        claim.member_id,
        claim.claim_id,
        delivered.row_rank,
        max(
            struct_pack(
                delivery_number := delivered.delivery_number,
                file_number := delivered.file_number,
                source_row := delivered.source_row
            )
        ) as place
    from delivered
    inner join claim
        on delivered.claim_id = claim.claim_id
    where coalesce(delivered.member_id, claim.member_id) = claim.member_id
    group by delivered.source_table, claim.member_id, claim.claim_id, delivered.row_rank
),

compared as (
    select
        ranked.*,
        max(ranked.place.delivery_number) over (
            partition by ranked.source_table, ranked.member_id, ranked.claim_id
        ) as newest_delivery_number
    from ranked
),

final as (
    select
        compared.source_table,
        compared.member_id,
        compared.claim_id,
        max(compared.place.delivery_number) filter (
            where compared.place.delivery_number < compared.newest_delivery_number
        ) as earlier_delivery_number,
        any_value(compared.newest_delivery_number) as delivery_number,
        count(*) as earlier_row_count,
        count(*) filter (where compared.place.delivery_number = compared.newest_delivery_number) as row_count,
        arg_min(compared.place, compared.row_rank) filter (
            where compared.place.delivery_number < compared.newest_delivery_number
        ) as place
    from compared
    group by compared.source_table, compared.member_id, compared.claim_id
    having min(compared.place.delivery_number) < any_value(compared.newest_delivery_number)
)

select * from final
