-- One row per drug code of the crosswalk and the ingredient it holds, the code in a comparable form.
--
-- See docs/rule.md 6.4.

with

crosswalk as (
    select
        drug_crosswalk.from_system,
        drug_crosswalk.rxnorm_ingredient,
        drug_crosswalk.from_code,
        string_split(drug_crosswalk.from_code, '-') as ndc_segments
    from staging.drug_crosswalk
    where
        drug_crosswalk.from_code is not null
        and drug_crosswalk.rxnorm_ingredient is not null
),

comparable as (
    select
        crosswalk.from_system,
        crosswalk.rxnorm_ingredient,
        case
            when crosswalk.from_system <> 'ndc' then crosswalk.from_code
            when regexp_full_match(crosswalk.from_code, '[0-9]{11}') then crosswalk.from_code
            when
                regexp_full_match(crosswalk.from_code, '[0-9]{4}-[0-9]{4}-[0-9]{2}')
                or regexp_full_match(crosswalk.from_code, '[0-9]{5}-[0-9]{3}-[0-9]{2}')
                or regexp_full_match(crosswalk.from_code, '[0-9]{5}-[0-9]{4}-[0-9]{1,2}')
                then
                    lpad(crosswalk.ndc_segments[1], 5, '0')
                    || lpad(crosswalk.ndc_segments[2], 4, '0')
                    || lpad(crosswalk.ndc_segments[3], 2, '0')
        end as comparable_code
    from crosswalk
),

final as (
    select
        comparable.from_system,
        comparable.comparable_code,
        comparable.rxnorm_ingredient
    from comparable
    where comparable.comparable_code is not null
    group by comparable.from_system, comparable.comparable_code, comparable.rxnorm_ingredient
)

select * from final
