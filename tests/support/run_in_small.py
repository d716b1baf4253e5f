"""A run in small: delivered rows given in SQL, the real models on them, the real publish."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipelines.gates.suites import Touches
from pipelines.gates.validate import CheckResult
from pipelines.ground.warehouse import open_warehouse
from pipelines.publishing.publish import Published, publish
from pipelines.publishing.run_facts import RunFacts
from pipelines.rule.audit import judge
from pipelines.rule.narrow import stage_candidates
from pipelines.rule.policy import write_policies
from pipelines.rule.value_sets import write_value_sets
from tests.support.places import ROOT
from tests.support.shipped import shipped_policies, shipped_value_sets
from tests.support.standing import stood

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

SQL = ROOT / "sql"
AS_OF = date(2026, 6, 30)
STARTED = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
FINISHED = datetime(2026, 7, 1, 2, 5, tzinfo=UTC)

TYPES = {
    "date": "DATE",
    "birth_date": "DATE",
    "open_start_date": "DATE",
    "open_end_date": "DATE",
    "amount": "DECIMAL(18,2)",
    "unread_amount": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,4)",
    "integer": "INTEGER",
    "rank": "INTEGER",
    "days_supply": "INTEGER",
    "boolean": "BOOLEAN",
}

DELIVERED = """
    insert into landed.medical_claim by name
    select * from (values
        ('ada', 'A1', '1', 'professional', date '2026-01-20', '63650', 1000.10, 2000.00, 1),
        ('ada', 'A1', '2', 'professional', date '2026-01-20', '63685', 30000.25, 40000.00, 2),
        ('bea', 'B1', '1', 'professional', date '2026-02-03', '63650', 500.00, 700.00, 3),
        ('bea', 'B1', '2', 'professional', date '2026-02-03', '63685', 25000.00, 26000.00, 4),
        ('=cmd', 'C1', '1', 'professional', date '2026-03-04', '63650', 750.05, 800.00, 5),
        ('=cmd', 'C1', '2', 'professional', date '2026-03-04', '63685', 25000.00, 26000.00, 6)
    ) as line (member_id, claim_id, claim_line_number, claim_type, claim_line_start_date, hcpcs_code, paid_amount,
               allowed_amount, source_row);
    update landed.medical_claim set delivery_number = 1, file_number = 1;
    insert into landed.claim_diagnosis by name
    select * from (values ('A1', 1, 'M5450', 1), ('B1', 1, 'M961', 2), ('C1', 1, 'M5450', 3))
        as diagnosis (claim_id, diagnosis_rank, diagnosis_code, source_row);
    update landed.claim_diagnosis set delivery_number = 1, file_number = 2;
    insert into landed.eligibility by name
    select member_id, date '2020-01-01' as enrollment_start_date, 'commercial' as line_of_business, source_row
    from (values ('ada', 1), ('bea', 2), ('=cmd', 3)) as member (member_id, source_row);
    update landed.eligibility set delivery_number = 1, file_number = 3;
    insert into landed.delivered_file by name
    select * from (values
        (1, 1, 'medical_claim.csv', 'medical_claim', 8, 6, 1, 1),
        (1, 2, 'claim_diagnosis.csv', 'claim_diagnosis', 3, 3, 0, 0),
        (1, 3, 'eligibility.csv', 'eligibility', 3, 3, 0, 0)
    ) as file (delivery_number, file_number, file_name, table_name, row_count, loaded_count, repeat_count,
               rejected_count);
    update landed.delivered_file set fate = 'landed', layout = 'canonical', bytes = 100, sha256 = 'ab';
    insert into landed.rejected_row by name
    select * from (values
        (1, 1, 'medical_claim.csv', 'medical_claim', 8, 'claim_type', 'not_allowed', 'claim_type is not in its list')
    ) as rejected (delivery_number, file_number, file_name, table_name, source_row, column_name, rule, message);
    insert into landed.feed
    select table_name, table_name in ('medical_claim', 'claim_diagnosis', 'eligibility') from landed.known_table;
"""

FAILED_WARNING = CheckResult(
    check_name="feed_supplied",
    severity="warning",
    table_name="pharmacy_claim",
    failed_count=1,
    total_count=1,
    status="failed",
    description="The pharmacy feed was delivered.",
    consequence="Drugs cannot be seen.",
    told="No pharmacy extract was delivered.",
    touches=Touches(episodes="outcome <> 'excluded'", told="cannot be judged for drugs"),
)


def make_landed(connection: Connection) -> None:
    """Makes the empty tables of schema ``landed`` as ``docs/tables.md`` gives them."""
    connection.execute("create schema landed")
    with (SQL / "extracts.csv").open(encoding="utf-8", newline="") as lines:
        extracts = list(csv.DictReader(lines))
    tables = list(dict.fromkeys(line["table_name"] for line in extracts))
    for table in tables:
        columns = ", ".join(
            f"{line['column_name']} {TYPES.get(line['kind'], 'VARCHAR')}"
            for line in extracts
            if line["table_name"] == table
        )
        connection.execute(
            f"create table landed.{table} ({columns}, row_warnings VARCHAR, delivery_number INTEGER, "
            "file_number INTEGER, source_row BIGINT)"
        )
    connection.execute(
        "create table landed.delivered_file (delivery_number INTEGER, file_number INTEGER, file_name VARCHAR, "
        "table_name VARCHAR, layout VARCHAR, bytes BIGINT, sha256 VARCHAR, row_count BIGINT, loaded_count BIGINT, "
        "repeat_count BIGINT, rejected_count BIGINT, unknown_columns VARCHAR[], fate VARCHAR)"
    )
    connection.execute(
        "create table landed.rejected_row (delivery_number INTEGER, file_number INTEGER, file_name VARCHAR, "
        "table_name VARCHAR, source_row BIGINT, column_name VARCHAR, rule VARCHAR, message VARCHAR, "
        "member_id VARCHAR, claim_id VARCHAR, claim_line_number VARCHAR, row_date DATE, procedure_codes VARCHAR[])"
    )
    connection.execute(
        "create table landed.repaired_value (delivery_number INTEGER, file_number INTEGER, file_name VARCHAR, "
        "table_name VARCHAR, column_name VARCHAR, rule VARCHAR, row_count BIGINT, total_count BIGINT, "
        "severity VARCHAR, is_failure BOOLEAN, description VARCHAR, consequence VARCHAR)"
    )
    connection.execute(
        "create table landed.delivery (delivery_number INTEGER, delivery_kind VARCHAR, covers_from DATE, "
        "covers_to DATE, id_namespace VARCHAR)"
    )
    connection.execute("create table landed.feed (table_name VARCHAR, is_supplied BOOLEAN)")
    connection.execute("create table landed.known_table (table_name VARCHAR)")
    connection.executemany("insert into landed.known_table values (?)", [[table] for table in tables])


def make_working(working: Path, *, delivered: str = DELIVERED, run_id: str = "R20260630-00000001") -> Path:
    """The run's working file after narrow and audit on the rows that ``delivered`` inserts."""
    working.parent.mkdir(parents=True, exist_ok=True)
    policies = shipped_policies(AS_OF)
    with open_warehouse(working) as connection:
        make_landed(connection)
        connection.execute(delivered)
        write_value_sets(connection, shipped_value_sets())
        write_policies(
            connection,
            policies,
            default_policy="evidence_low_back_pain",
            single_policy=None,
            policy_by_line_of_business={},
        )
        stage_candidates(connection, SQL, as_of=AS_OF, assume_enrolled=False)
        judge(connection, SQL, run_id=run_id)
        connection.execute(
            "create table if not exists intermediate.rule_data_quality (check_name VARCHAR, severity VARCHAR, "
            "table_name VARCHAR, failed_count BIGINT, total_count BIGINT, status VARCHAR, description VARCHAR, "
            "consequence VARCHAR)"
        )
    return working


def facts(run_id: str = "R20260630-00000001", *, started_at: datetime = STARTED) -> RunFacts:
    """Facts of a run as the nightly function would give them."""
    return RunFacts(
        run_id=run_id,
        as_of=AS_OF,
        started_at_utc=started_at,
        finished_at_utc=FINISHED,
        code_version="0.1.0+000000000000",
        policy_versions=("evidence_low_back_pain 1.0.0 sha256:00",),
        value_set_versions=("index_procedures sha256:00",),
        landed_digest="00",
        parameters={"default_policy": "evidence_low_back_pain", "assume_enrolled": False},
    )


def publish_in_small(
    out: Path, *, results: tuple[CheckResult, ...] = (), run_facts: RunFacts | None = None
) -> Published:
    """What publish makes of the working file in ``out``."""
    return stood(
        out,
        publish(out / "work" / "run.duckdb", out, facts=run_facts or facts(), check_results=results, sql=SQL),
    )
