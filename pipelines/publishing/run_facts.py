"""What only the run knows, put where the published models read it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipelines.gates.profile import OF_CLOSED_LISTS, earlier_profiles
from pipelines.ground.formats import PUBLISHED
from pipelines.ground.warehouse import identifier, literal, make_table, one_column, one_number
from pipelines.publishing.dictionary import read_columns
from pipelines.publishing.lineage import Lineage, read_lineage
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
        "message",
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
    make_table(connection, types, "run_facts.lineage", Lineage._fields, read_lineage(sql))


MEASURED_NIGHTS = 12
"""So many of the last nights are published with their measures."""
MEASURE_COLUMNS = (
    "measured_of",
    "measured_number",
    "as_of_date",
    "table_name",
    "measure_name",
    "segment_kind",
    "segment",
    "measure_value",
    "measured_rows",
    "accepted_because",
    "accepted_by",
)


def write_gate_measures(connection: Connection, history: Path, sql: Path, *, run_number: int) -> None:
    """Writes the measures of the last nights into ``run_facts.gate_measure``: of all rows, by reason and by code.

    Of deliveries those that landed, of publishes those up to ``run_number``. Senders are not named.
    """
    newest = one_number(
        connection, "select coalesce(max(delivery_number), 0) from landed.delivered_file where fate = 'landed'"
    )
    nights = [("delivery", profile) for profile in earlier_profiles(history, newest + 1)[-MEASURED_NIGHTS:]]
    nights += [
        ("publish", profile) for profile in earlier_profiles(history, run_number + 1, "outcomes")[-MEASURED_NIGHTS:]
    ]
    rows = [
        (
            measured_of,
            profile.delivery_number,
            profile.day,
            one.table_name,
            one.measure,
            one.segment_kind,
            one.segment,
            one.value,
            one.row_count,
            profile.accepted.get(f"{one.table_name}.{one.measure}"),
            profile.accepted_by.get(f"{one.table_name}.{one.measure}"),
        )
        for measured_of, profile in nights
        for one in profile.measures
        if one.segment_kind in {"all", *OF_CLOSED_LISTS}
    ]
    types = {name: column.type for name, column in read_columns(sql / "columns.csv").items()}
    make_table(connection, types, "run_facts.gate_measure", MEASURE_COLUMNS, rows)


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


def with_cases(check_results: Sequence[CheckResult], connection: Connection) -> tuple[CheckResult, ...]:
    """The results, where a failure touches episodes with the number of them in what is told."""
    return tuple(_with_cases(result, connection) for result in check_results)


def _with_cases(result: CheckResult, connection: Connection) -> CheckResult:
    if result.touches is None or result.status != "failed":
        return result
    count = one_number(connection, f"select count(*) from audit.episode_review where {result.touches.episodes}")
    cases = "1 case" if count == 1 else f"{count:,} cases"
    return replace(result, told=f"{result.told.removesuffix('.')}: {cases} {result.touches.told}.")


def find_grade_reasons(check_results: Sequence[CheckResult], connection: Connection) -> tuple[str, ...]:
    """One line a reason for caveats, by table and check: what failed, what follows, and its name.

    A check of the delivery that failed; values of which one is enough; rows that the newest delivery brought and that
    may be an implantation nobody could read; and doubtful or set-aside rows that touch a case which is new, or which
    the newest delivery touched. What touches no case and stays below its share is counted and no reason.
    """
    failed = {
        (result.table_name, result.check_name, str(result.message))
        for result in check_results
        if result.status == "failed"
    }
    failed.update(
        (table, name, _message(description, count, total, consequence))
        for table, name, count, total, description, consequence in connection.execute(
            "select table_name, rule, sum(row_count)::bigint, sum(total_count)::bigint, any_value(description), "
            "any_value(consequence) from landed.repaired_value where is_failure and delivery_number = "
            "(select max(delivery_number) from landed.delivered_file where fate = 'landed') group by table_name, rule"
        ).fetchall()
    )
    failed.update(
        (table, f"opening_row_{reason}", f"Rows that may be implantations and were not read: {count:,}. {sentence}")
        for table, reason, count, sentence in _unread_openings(connection)
    )
    failed.update(
        (table, f"case_{remark}", f"{count:,} case{'' if count == 1 else 's'}: {sentence}")
        for table, remark, count, sentence in connection.execute(
            "select source_table, remark, count(distinct episode_id), min(remark_text) from audit.episode_remark "
            "where is_new and remark_kind <> 'repaired' group by source_table, remark"
        ).fetchall()
    )
    return tuple(f"{message} [{table}.{name}]" for table, name, message in sorted(failed))


def _unread_openings(connection: Connection) -> list[tuple[str, str, int, str]]:
    """Rows of the newest delivery that may open an episode and were not read, by table and reason, with its sentence.

    Malformed codes are among the values of which one is enough.
    """
    return connection.execute(
        "select source_table, unread_reason, count(distinct (source_file, source_row)), "
        "coalesce(any_value(word.sentence), '') from audit.unread_opening_row left join vocabulary.word "
        "on unread_reason = word.word and word.kind = 'unread_reason' "
        "where unread_reason <> 'malformed' and delivery_number = "
        "(select max(delivery_number) from landed.delivered_file where fate = 'landed') "
        "group by source_table, unread_reason"
    ).fetchall()


def _message(description: str, count: int, total: int, consequence: str) -> str:
    return f"{description.removesuffix('.')}: {count:,} of {total:,}. {consequence}"
