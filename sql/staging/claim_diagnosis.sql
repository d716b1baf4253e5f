-- One row per delivered diagnosis rank of a candidate claim, long form.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays. Rows of deliveries before the one that
-- staging.claim_kept_from names are gone. Rows that name another member than a candidate are left out; whose a row
-- without a member is, is told later.
--
-- See docs/rule.md 2.1.

with

last_copy as (
    select
        claim_diagnosis.* exclude (member_id, row_warnings, delivery_number, file_number, source_row),
        coalesce(member_identifier.member_id, claim_diagnosis.member_id) as member_id,
        max(
            struct_pack(
                delivery_number := claim_diagnosis.delivery_number,
                file_number := claim_diagnosis.file_number,
                source_row := claim_diagnosis.source_row,
                row_warnings := claim_diagnosis.row_warnings
            )
        ) as place
    from kept.claim_diagnosis
    inner join staging.candidate_claim
        on claim_diagnosis.claim_id = candidate_claim.claim_id
    left join staging.member_identifier
        on claim_diagnosis.member_id = member_identifier.previous_member_id
    group by all
),

final as (
    select
        last_copy.* exclude (place),
        last_copy.place.row_warnings,
        last_copy.place.delivery_number,
        last_copy.place.file_number,
        last_copy.place.source_row
    from last_copy
    left join staging.claim_kept_from
        on
            last_copy.claim_id = claim_kept_from.claim_id
            and last_copy.member_id is not distinct from claim_kept_from.member_id
    where
        (
            claim_kept_from.delivery_number is null
            or last_copy.place.delivery_number >= claim_kept_from.delivery_number
        )
        and (
            last_copy.member_id is null
            or last_copy.member_id in (select candidate_member.member_id from staging.candidate_member)
        )
)

select * from final
