-- One row per fill that matches the value set medications, with the row that decides for it.
--
-- By the first of these that finds a row: rxnorm_code (itself or through the crosswalk), ndc_code (labeler and product,
-- or through the crosswalk), atc_code (longest prefix), generic_name (ingredient labels as whole words; hyphens part
-- words too). Of several rows one with counts = no decides, else the first of the value set. A generic name that holds
-- a word of non_oral_forms is not an oral course (words are parted by blanks, commas, slashes and brackets, not by
-- hyphens).
--
-- See docs/rule.md 1.1, 6.4.

with

ingredient_fill as (
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        fill.dispensing_date,
        fill.rxnorm_code as ingredient_code,
        1 as reading_order
    from intermediate.fill
    where fill.rxnorm_code is not null
    union all
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        fill.dispensing_date,
        drug_ingredient.rxnorm_ingredient as ingredient_code,
        1 as reading_order
    from intermediate.fill
    inner join intermediate.drug_ingredient
        on
            drug_ingredient.from_system = 'rxnorm'
            and fill.rxnorm_code = drug_ingredient.comparable_code
    union all
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        fill.dispensing_date,
        drug_ingredient.rxnorm_ingredient as ingredient_code,
        2 as reading_order
    from intermediate.fill
    inner join intermediate.drug_ingredient
        on
            drug_ingredient.from_system = 'ndc'
            and fill.ndc_digits = drug_ingredient.comparable_code
),

-- Names are few and fills are many: each name is read once.
written_name as (
    select
        fill.generic_name,
        ' ' || regexp_replace(lower(fill.generic_name), '[\s,/()\[\]{}-]+', ' ', 'g') || ' ' as words
    from intermediate.fill
    where fill.generic_name is not null
    group by fill.generic_name
),

ingredient_label as (
    select
        medications.row_number,
        ' ' || regexp_replace(lower(trim(medications.label)), '[\s,/()\[\]{}-]+', ' ', 'g') || ' ' as words
    from value_sets.medications
    where medications.match_system = 'rxnorm-ingredient'
),

named_row as (
    select
        written_name.generic_name,
        ingredient_label.row_number
    from written_name
    inner join ingredient_label
        on contains(written_name.words, ingredient_label.words)
),

matched_row as (
    select
        ingredient_fill.delivery_number,
        ingredient_fill.file_number,
        ingredient_fill.source_row,
        ingredient_fill.reading_order,
        0 as prefix_length,
        medications.row_number
    from ingredient_fill
    inner join value_sets.medications
        on
            medications.match_system = 'rxnorm-ingredient'
            and ingredient_fill.ingredient_code = medications.code
            and ingredient_fill.dispensing_date between medications.first_valid_date and medications.last_valid_date
    union all
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        2 as reading_order,
        0 as prefix_length,
        medications.row_number
    from intermediate.fill
    inner join value_sets.medications
        on
            medications.match_system = 'ndc-9'
            and left(fill.ndc_digits, 9) = medications.code
            and fill.dispensing_date between medications.first_valid_date and medications.last_valid_date
    union all
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        3 as reading_order,
        length(medications.code) as prefix_length,
        medications.row_number
    from intermediate.fill
    inner join value_sets.medications
        on
            medications.match_system = 'atc-prefix'
            and starts_with(fill.atc_code, medications.code)
            and fill.dispensing_date between medications.first_valid_date and medications.last_valid_date
    union all
    select
        fill.delivery_number,
        fill.file_number,
        fill.source_row,
        4 as reading_order,
        0 as prefix_length,
        medications.row_number
    from intermediate.fill
    inner join named_row
        on fill.generic_name = named_row.generic_name
    inner join value_sets.medications
        on
            named_row.row_number = medications.row_number
            and fill.dispensing_date between medications.first_valid_date and medications.last_valid_date
),

decided_row as (
    select
        matched_row.delivery_number,
        matched_row.file_number,
        matched_row.source_row,
        medications.code_system,
        medications.code,
        medications.drug_class,
        medications.counts,
        row_number() over (
            partition by matched_row.delivery_number, matched_row.file_number, matched_row.source_row
            order by
                matched_row.reading_order asc,
                matched_row.prefix_length desc,
                case when medications.counts = 'no' then 0 else 1 end,
                medications.row_number asc
        ) as row_choice
    from matched_row
    inner join value_sets.medications
        on matched_row.row_number = medications.row_number
),

final as (
    select
        fill.*,
        decided_row.code_system,
        decided_row.code,
        decided_row.drug_class,
        decided_row.counts,
        list_has_any(
            string_split_regex(lower(coalesce(fill.generic_name, '')), '[\s,/()\[\]{}]+'),
            (
                select list(non_oral_forms.word order by non_oral_forms.row_number)
                from value_sets.non_oral_forms
            )
        ) as is_not_oral
    from intermediate.fill
    inner join decided_row
        on
            fill.delivery_number = decided_row.delivery_number
            and fill.file_number = decided_row.file_number
            and fill.source_row = decided_row.source_row
            and decided_row.row_choice = 1
)

select * from final
