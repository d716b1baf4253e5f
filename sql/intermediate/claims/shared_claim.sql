-- One row per claim (member and claim identifier) of a shared number that has a diagnosis row belonging to nobody.
--
-- For a member such a row is gone once a later delivered row, or columns, of that member name the same rank, with a
-- code or without; a row without a code says nothing.
--
-- See docs/rule.md 1.2.

with

placed as (
    select
        delivered_diagnosis.member_id,
        delivered_diagnosis.claim_id,
        delivered_diagnosis.diagnosis_rank,
        delivered_diagnosis.is_unowned,
        {
            'delivery_number': delivered_diagnosis.delivery_number,
            'file_number': delivered_diagnosis.file_number,
            'source_row': delivered_diagnosis.source_row
        } as place
    from intermediate.delivered_diagnosis
    where
        not delivered_diagnosis.is_unowned
        or delivered_diagnosis.diagnosis_code is not null
),

rank_place as (
    select
        placed.member_id,
        placed.claim_id,
        placed.diagnosis_rank,
        max(placed.place) filter (where placed.is_unowned) as unowned_place,
        max(placed.place) filter (where not placed.is_unowned) as own_place
    from placed
    group by placed.member_id, placed.claim_id, placed.diagnosis_rank
),

final as (
    select
        rank_place.member_id,
        rank_place.claim_id
    from rank_place
    where
        rank_place.unowned_place is not null
        and (
            rank_place.own_place is null
            or rank_place.own_place < rank_place.unowned_place
        )
    group by rank_place.member_id, rank_place.claim_id
)

select * from final
