-- One row per delivered crosswalk entry from a drug code to an ingredient.
--
-- Rows equal in all known columns are repeats: the copy delivered last stays (rule, section 2).
-- The crosswalk names no member; it is small and is read whole.
with

history as (
    select drug_crosswalk.*
    from landed.drug_crosswalk
),

numbered as (
    select
        history.*,
        row_number() over (
            partition by
                history.from_system,
                history.from_code,
                history.rxnorm_ingredient
            order by
                history.delivery_number desc,
                history.file_number desc,
                history.source_row desc
        ) as copy_number
    from history
),

final as (
    select
        numbered.from_system,
        numbered.from_code,
        numbered.rxnorm_ingredient,
        numbered.row_warnings,
        numbered.delivery_number,
        numbered.file_number,
        numbered.source_row
    from numbered
    where numbered.copy_number = 1
)

select * from final
