-- One row per drug code of the benchmark that only the crosswalk explains.
select
    'ndc' as from_system,
    drug.ndc as from_code,
    drug.ingredient as rxnorm_ingredient
from drug
where drug.ndc is not null
