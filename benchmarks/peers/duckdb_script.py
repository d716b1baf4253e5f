"""The narrow question as a plain DuckDB script: `python duckdb_script.py EXTRACTS CODES ANSWER`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

QUESTION = """
with

code as (select kind, unnest(codes, recursive := true) as code from (
    unpivot (select implant, pain, exercise from read_json('{codes}')) on * into name kind value codes
)),

class as (select unnest(drug_classes, recursive := true) from read_json('{codes}')),

implant as (
    select line.member_id, min(line.claim_line_start_date) as anchor_date
    from {medical_claim} as line
    where
        line.hcpcs_code in (select code from code where kind = 'implant')
        and line.claim_id in (
            select diagnosis.claim_id from {claim_diagnosis} as diagnosis
            where diagnosis.diagnosis_code in (select code from code where kind = 'pain')
        )
    group by line.member_id
),

exercise as (
    select implant.member_id, count(distinct line.claim_line_start_date) as exercise_dates
    from implant
    inner join {medical_claim} as line on implant.member_id = line.member_id
    where
        line.hcpcs_code in (select code from code where kind = 'exercise')
        and line.claim_line_start_date between implant.anchor_date - 365 and implant.anchor_date - 1
    group by implant.member_id
),

drug as (
    select implant.member_id, string_agg(distinct class.drug_class, ' ' order by class.drug_class) as drug_classes
    from implant
    inner join {pharmacy_claim} as fill on implant.member_id = fill.member_id
    left join {drug_crosswalk} as crosswalk on fill.ndc_code = crosswalk.from_code
    inner join class on coalesce(fill.rxnorm_code, crosswalk.rxnorm_ingredient) = class.code
    where fill.dispensing_date between implant.anchor_date - 365 and implant.anchor_date - 1
    group by implant.member_id
)

select
    implant.member_id,
    implant.anchor_date,
    coalesce(exercise.exercise_dates, 0) as exercise_dates,
    coalesce(drug.drug_classes, '') as drug_classes
from implant
left join exercise on implant.member_id = exercise.member_id
left join drug on implant.member_id = drug.member_id
order by implant.member_id
"""
CODES = ("hcpcs_code", "diagnosis_code", "rxnorm_code", "ndc_code", "from_code", "rxnorm_ingredient")
TABLES = ("medical_claim", "claim_diagnosis", "pharmacy_claim", "drug_crosswalk")


def reader(connection: duckdb.DuckDBPyConnection, extracts: Path, table: str) -> str:
    """The files of a table as a table function; codes stay text, whatever a CSV looks like."""
    if list(extracts.glob(f"{table}*.parquet")):
        return f"read_parquet('{extracts}/{table}*.parquet')"
    source = f"read_csv('{extracts}/{table}*.csv', all_varchar = true)"
    names = [column[0] for column in connection.execute(f"from {source} limit 0").description]
    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in names if name in CODES)
    return f"read_csv('{extracts}/{table}*.csv', types = {{{texts}}})"


def main() -> None:
    """Answers the question."""
    extracts, codes, answer = map(Path, sys.argv[1:])
    with duckdb.connect() as connection:
        readers = {table: reader(connection, extracts, table) for table in TABLES}
        connection.execute(f"copy ({QUESTION.format(codes=codes, **readers)}) to '{answer}' (header)")


if __name__ == "__main__":
    main()
