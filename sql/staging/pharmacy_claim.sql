-- One row per delivered fill of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays; line numbers are compared without leading
-- zeros.
--
-- See docs/rule.md 2.1, 2.8.

with

last_copy as (
    select
        pharmacy_claim.* exclude (member_id, claim_line_number, row_warnings, delivery_number, file_number, source_row),
        candidate_identifier.member_id,
        case
            when pharmacy_claim.claim_line_number is not null
                then coalesce(nullif(ltrim(pharmacy_claim.claim_line_number, '0'), ''), '0')
        end as plain_line_number,
        max(
            struct_pack(
                delivery_number := pharmacy_claim.delivery_number,
                file_number := pharmacy_claim.file_number,
                source_row := pharmacy_claim.source_row,
                row_warnings := pharmacy_claim.row_warnings,
                claim_line_number := pharmacy_claim.claim_line_number
            )
        ) as place
    from kept.pharmacy_claim
    inner join staging.candidate_identifier
        on pharmacy_claim.member_id = candidate_identifier.delivered_member_id
    group by all
),

final as (
    select
        last_copy.* exclude (plain_line_number, place),
        last_copy.place.claim_line_number,
        last_copy.place.row_warnings,
        last_copy.place.delivery_number,
        last_copy.place.file_number,
        last_copy.place.source_row
    from last_copy
)

select * from final
