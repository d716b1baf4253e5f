"""What only the run knows, put where the published models read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipelines.ground.formats import PUBLISHED
from pipelines.ground.warehouse import identifier, literal, make_table, one_column
from pipelines.publishing.dictionary import read_columns
from pipelines.publishing.views_and_macros import read_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.warehouse import Connection


VALUE_SET_COLUMNS = (
    "value_set_name",
    "row_number",
    "value_set",
    "code_system",
    "code",
    "word",
    "label",
    "effective_start",
    "effective_end",
    "role",
    "opens_event",
    "specificity",
    "indication_class",
    "care_group",
    "modality",
    "drug_class",
    "counts",
    "needs_back_diagnosis",
    "hours_per_unit",
    "note",
    "source",
)


@dataclass(frozen=True)
class RunFacts:
    """What a run was made of; its two times are the only clock values in the published file.

    ``policy_versions`` and ``value_set_versions`` are lines such as ``evidence_low_back_pain 1.0 sha256:...``;
    ``parameters`` are the settings that matter for the result, as words; ``inputs`` are the policy and value set files
    below ``sql``, which the history keeps; ``grade_reasons`` are known once it was audited.
    """

    run_id: str
    as_of: date
    started_at_utc: datetime
    finished_at_utc: datetime
    code_version: str
    policy_versions: tuple[str, ...]
    value_set_versions: tuple[str, ...]
    landed_digest: str
    parameters: Mapping[str, object]
    inputs: tuple[Path, ...] = ()
    grade_reasons: tuple[str, ...] = ()

    @property
    def grade(self) -> Literal["clean", "caveats"]:
        """``caveats`` when a check that warns has failed, else ``clean``."""
        return "caveats" if self.grade_reasons else "clean"


def write_run_facts(
    connection: Connection,
    facts: RunFacts,
    check_results: Sequence[CheckResult],
    sql: Path,
) -> None:
    """Writes what only the run knows into schema ``run_facts`` of the working file, where the models read it."""
    connection.execute("create schema if not exists run_facts")
    types = {name: column.type for name, column in read_columns(sql / "columns.csv").items()}
    run = {
        "run_id": facts.run_id,
        "format_version": PUBLISHED,
        "as_of_date": facts.as_of,
        "started_at_utc": facts.started_at_utc.replace(tzinfo=None),
        "finished_at_utc": facts.finished_at_utc.replace(tzinfo=None),
        "code_version": facts.code_version,
        "policy_versions": list(facts.policy_versions),
        "value_set_versions": list(facts.value_set_versions),
        "landed_digest": facts.landed_digest,
        "parameters": json.dumps(dict(facts.parameters), sort_keys=True, default=str),
        "grade": facts.grade,
        "grade_reasons": list(facts.grade_reasons),
    }
    check_columns = (
        "check_name",
        "severity",
        "table_name",
        "failed_count",
        "total_count",
        "status",
        "description",
        "consequence",
    )
    make_table(connection, types, "run_facts.run", tuple(run), [tuple(run.values())])
    make_table(
        connection,
        types,
        "run_facts.check_result",
        check_columns,
        [tuple(getattr(result, name) for name in check_columns) for result in check_results],
    )
    _write_value_set_rows(connection, types)
    for name in ("about", "example_query"):
        header, rows = read_texts(sql, name)
        make_table(connection, types, f"run_facts.{name}", header, rows)


def _write_value_set_rows(connection: Connection, types: Mapping[str, str]) -> None:
    """Puts the rows of all value sets under one another; a column that a set does not have is null there."""
    make_table(connection, types, "run_facts.value_set_row", VALUE_SET_COLUMNS, [])
    for name in one_column(
        connection, "select table_name from duckdb_tables() where schema_name = 'value_sets' order by table_name"
    ):
        held = one_column(
            connection,
            "select column_name from duckdb_columns() where schema_name = 'value_sets' "
            f"and table_name = {literal(name)} order by column_index",
        )
        shared = ", ".join(identifier(column) for column in held if column in VALUE_SET_COLUMNS)
        connection.execute(
            f"insert into run_facts.value_set_row by name select {literal(name)} as value_set_name, {shared} "
            f"from value_sets.{identifier(name)}"
        )


def find_grade_reasons(check_results: Sequence[CheckResult], connection: Connection) -> tuple[str, ...]:
    """One line a warning that failed, in the order of table and check."""
    failed = {
        (result.table_name, result.check_name, result.failed_count, result.description)
        for result in check_results
        if result.status == "failed"
    }
    failed.update(
        connection.execute(
            "select table_name, check_name, failed_count, description from intermediate.rule_data_quality "
            "where status = 'failed' and severity = 'warning'"
        ).fetchall()
    )
    failed.update(
        connection.execute(
            "select table_name, rule, sum(row_count)::bigint, any_value(description) from landed.repaired_value "
            "where is_failure and delivery_number = "
            "(select max(delivery_number) from landed.delivered_file where fate = 'landed') group by table_name, rule"
        ).fetchall()
    )
    return tuple(f"{table}: {name} ({count:,})" for table, name, count, _ in sorted(failed))
