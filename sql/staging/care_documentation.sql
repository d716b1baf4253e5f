-- One row per delivered statement about the care of a candidate member.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays.
--
-- See docs/rule.md 2.1.

with

last_copy as (
    select
        care_documentation.* exclude (member_id, row_warnings, delivery_number, file_number, source_row),
        candidate_identifier.member_id,
        max(
            struct_pack(
                delivery_number := care_documentation.delivery_number,
                file_number := care_documentation.file_number,
                source_row := care_documentation.source_row,
                row_warnings := care_documentation.row_warnings
            )
        ) as place
    from kept.care_documentation
    inner join staging.candidate_identifier
        on care_documentation.member_id = candidate_identifier.delivered_member_id
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
)

select * from final
