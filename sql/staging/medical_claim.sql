-- One row per delivered version of a claim line of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays. Rows of deliveries before the one that
-- staging.claim_kept_from names are gone. Versions of a line are told apart in intermediate.claim_line_version.
--
-- See docs/rule.md 2.1.

with

last_copy as (
    select
        medical_claim.* exclude (member_id, row_warnings, delivery_number, file_number, source_row),
        candidate_identifier.member_id,
        max(
            struct_pack(
                delivery_number := medical_claim.delivery_number,
                file_number := medical_claim.file_number,
                source_row := medical_claim.source_row,
                row_warnings := medical_claim.row_warnings
            )
        ) as place
    from kept.medical_claim
    inner join staging.candidate_identifier
        on medical_claim.member_id = candidate_identifier.delivered_member_id
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
            and last_copy.member_id = claim_kept_from.member_id
    where
        claim_kept_from.delivery_number is null
        or last_copy.place.delivery_number >= claim_kept_from.delivery_number
)

select * from final
