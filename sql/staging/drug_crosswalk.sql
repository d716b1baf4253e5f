-- One row per delivered crosswalk entry from a drug code to an ingredient.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays. The crosswalk names no member; it is
-- small and is read whole.
--
-- See docs/rule.md 2.1.

with

last_copy as (
    select
        drug_crosswalk.* exclude (row_warnings, delivery_number, file_number, source_row),
        max(
            struct_pack(
                delivery_number := drug_crosswalk.delivery_number,
                file_number := drug_crosswalk.file_number,
                source_row := drug_crosswalk.source_row,
                row_warnings := drug_crosswalk.row_warnings
            )
        ) as place
    from landed.drug_crosswalk
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
