"""Publish: the run's ``audit.*`` tables become one explained, checked file, swapped in whole.

The file is built aside, and nothing of the published folder is touched before the conservation checks hold. Whoever
has yesterday's file open keeps reading it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipelines.auditors_file import (
    PARQUET_FOLDER,
    PARQUET_MANIFEST,
    comment_macros,
    create_views_and_macros,
    macro_paths,
    read_rows,
    view_paths,
    write_parquet_copy,
)
from pipelines.decisions import put_review_tables
from pipelines.encryption import content_digest, key_in_use
from pipelines.errors import ConservationError, StimauditError
from pipelines.history import RunMade, commit_night, keep_inputs, name_cases, prepare_night, settle, tell_night
from pipelines.ledger import file_sha256
from pipelines.reports.worklist import write_worklist_csv
from pipelines.retention import SNAPSHOT_DAYS, SNAPSHOT_FOLDER, keep_snapshot
from pipelines.sealed_json import sealed_text
from pipelines.warehouse import attach_new, identifier, literal, open_warehouse, parquet_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from pipelines.validate import CheckResult
    from pipelines.warehouse import Connection

STORAGE_VERSION = "v1.2.0"
FILE_MODE = 0o640
FOLDER_MODE = 0o750

# DuckDB names a database after its file, and a database called audit would hide the schema of that name: every
# `audit.finding` would be refused as ambiguous. It follows links first, so audit.duckdb is a link to this name.
DATABASE_FILE = "stimaudit.duckdb"
DATABASE_LINK = "audit.duckdb"
WORKLIST_CSV = "worklist.csv"
EPISODE_REVIEW_PARQUET = "episode_review.parquet"
MANIFEST = "manifest.json"
FOLDERS_WITH_A_MANIFEST = frozenset({PARQUET_FOLDER, SNAPSHOT_FOLDER})

NEEDED_TABLES = frozenset(
    {"episode_review", "criterion_result", "care_ledger", "care_group_state", "funnel", "claim_line_state"}
)


@dataclass(frozen=True)
class RunFacts:
    """What a run was made of; its two times are the only clock values in the published file.

    ``policy_versions`` and ``value_set_versions`` are lines such as ``evidence_low_back_pain 1.0 sha256:...``;
    ``parameters`` are the settings that matter for the result, as words; ``inputs`` are the policy and value set files
    below ``sql``, which the history keeps.
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


@dataclass(frozen=True)
class FunnelStep:
    """One step of the way from the lines read to the episodes flagged."""

    step_number: int
    step: str
    unit: str
    entered_count: int
    left_count: int
    remaining_count: int
    reason: str | None


@dataclass(frozen=True)
class Published:
    """What was published: where it is and what an operator wants to know of it.

    ``worklist`` is the CSV; there is none where the audit is encrypted.
    """

    run_id: str
    folder: Path
    database: Path
    worklist: Path | None
    grade: str
    grade_reasons: tuple[str, ...]
    episode_count: int
    flagged_count: int
    flagged_paid_amount: Decimal
    rejected_count: int
    funnel: tuple[FunnelStep, ...]


class Column(NamedTuple):
    """One line of ``sql/columns.csv``: what a column of this name means, everywhere."""

    column_name: str
    type: str
    meaning: str
    unit_or_code_system: str
    sensitivity: str


def read_columns(path: Path) -> dict[str, Column]:
    """The lines of ``sql/columns.csv`` by column name."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {line["column_name"]: Column(**line) for line in csv.DictReader(lines)}


def model_comment(path: Path) -> str:
    """The first line of a SQL model's header: the grain of its table."""
    with path.open(encoding="utf-8") as lines:
        return lines.readline().removeprefix("--").strip()


def publish(
    working: Path,
    published: Path,
    *,
    facts: RunFacts,
    check_results: Sequence[CheckResult],
    sql: Path,
    memory_limit: str = "1GB",
    snapshot_days: int = SNAPSHOT_DAYS,
) -> Published:
    """The published audit of one run, with its grade and funnel.

    ``working`` is the run's DuckDB file with ``audit.*``, ``landed.*``, ``value_sets.*``, ``policies.*`` and the parts
    of ``intermediate.*`` that the checks and the models of ``sql/published`` name. The published file, the worklist
    as CSV and ``episode_review`` as Parquet are built beside it, checked against each other (``ConservationError``
    names what does not add up), and then moved into ``published`` one rename each, the database first and the manifest
    last. Run again after a crash at any point it ends with the same files. The grade is ``caveats`` when a check that
    warns has failed, else ``clean``.

    Cases get the names they have had in ``history`` beside ``published``, and the publish is told there. A snapshot
    of the file is kept for ``snapshot_days``, and that of each month's end for good. With a key in use everything with
    member data is encrypted, and the CSV, which could not be read then, is left to ``report``.
    """
    aside = working.parent / "publish"
    history = published.with_name("history")
    is_encrypted = key_in_use() is not None
    shutil.rmtree(aside, ignore_errors=True)
    make_folder(aside)
    settle(history, published / DATABASE_FILE)
    with open_warehouse(working, memory_limit=memory_limit) as connection:
        _raise_if_missing(connection)
        name_cases(connection, history, run_id=facts.run_id, sql=sql)
        _raise_if_broken(_broken(connection, WORKING_LAWS))
        grade_reasons = _grade_reasons(check_results, connection)
        connection.begin()
        _write_run_facts(connection, facts, check_results, grade_reasons, sql)
        connection.commit()
        made = _run_made(facts, grade_reasons)
        night = tell_night(connection, history, made=made, sql=sql, landed=published.with_name("landed"))
        put_review_tables(connection, published.with_name("decisions"), as_of=facts.as_of)
        _build(connection, aside / DATABASE_FILE, sql)
    with open_published(aside) as connection:
        names = write_beside(connection, aside, run_id=facts.run_id)
        check_conservation(connection, aside / WORKLIST_CSV if WORKLIST_CSV in names else None)
        _check_explained(connection)
        outcome = _outcome(connection, facts.run_id, published, grade_reasons)
        digest = episodes_digest(connection) if is_encrypted else None
    prepare_night(
        history,
        night,
        inputs=keep_inputs(history, sql, facts.inputs),
        files={} if is_encrypted else {name: file_sha256(aside / name) for name in names},
        episodes_digest=digest,
    )
    make_folder(published)
    for name in (DATABASE_FILE, *names):
        swap_in(aside / name, published / name)
    commit_night(history, night)
    swap_in_parquet(aside / PARQUET_FOLDER, published / PARQUET_FOLDER)
    _link(published)
    keep_snapshot(
        published,
        published / DATABASE_FILE,
        run_id=facts.run_id,
        run_number=night.entry.run_number,
        known_from=night.entry.known_from,
        days=snapshot_days,
    )
    write_manifest(published, run_id=facts.run_id, as_of=facts.as_of)
    shutil.rmtree(aside)
    return outcome


def write_beside(connection: Connection, folder: Path, *, run_id: str) -> tuple[str, ...]:
    """The names of the files written into ``folder`` beside the finished database, which ``connection`` has open.

    The Parquet copy is written, too, in a folder of its own. With a key in use there is no CSV: no spreadsheet opens
    an encrypted one.
    """
    write_episode_review(connection, folder / EPISODE_REVIEW_PARQUET)
    write_parquet_copy(connection, folder / PARQUET_FOLDER, run_id=run_id)
    if key_in_use() is not None:
        return (EPISODE_REVIEW_PARQUET,)
    write_worklist_csv(connection, folder / WORKLIST_CSV)
    return (WORKLIST_CSV, EPISODE_REVIEW_PARQUET)


def episodes_digest(connection: Connection) -> str:
    """A digest of ``episode_review`` of the schema in use, row for row; the same rows give the same, encrypted or not.

    With a key in use nobody without it can compare it (``encryption.content_digest``).
    """
    rows = connection.execute(
        "select sha256(coalesce(string_agg(to_json(episode_review)::varchar, chr(10) order by episode_id), '')) "
        "from episode_review"
    ).fetchall()[0][0]
    return content_digest(str(rows).encode())


def open_published(folder: Path) -> Connection:
    """A read-only connection to the audit database in ``folder``, whose tables can be named without their schema."""
    connection = open_warehouse(folder / DATABASE_FILE, read_only=True)
    connection.execute("use audit")
    return connection


def make_folder(folder: Path) -> None:
    """Makes ``folder`` with its parents, open to owner and group only, whatever the umask."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def swap_in(made: Path, target: Path) -> None:
    """Moves a finished file over ``target``: on disk before it is seen, and never seen in part."""
    made.chmod(FILE_MODE)
    _to_disk(made)
    made.replace(target)
    _to_disk(target.parent)


def swap_in_parquet(made: Path, folder: Path) -> None:
    """Moves the Parquet copy in ``made`` over the one in ``folder``, its manifest last; no older file stays."""
    make_folder(folder)
    names = sorted(path.name for path in made.glob("*.parquet"))
    for name in (*names, PARQUET_MANIFEST):
        swap_in(made / name, folder / name)
    for path in folder.iterdir():
        if path.name not in {*names, PARQUET_MANIFEST}:
            path.unlink()


def write_manifest(published: Path, *, run_id: str, as_of: date) -> Path:
    """The manifest of the published folder: one entry a file with its size and SHA-256, sealed with its own.

    The Parquet copy and the snapshots have manifests of their own.

    Written last: files that differ from it belong to a publish that did not finish, or were changed.
    """
    files = [
        {
            "name": path.relative_to(published).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": file_sha256(path),
        }
        for path in sorted(published.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path != published / MANIFEST
        and path.suffix != ".part"
        and path.relative_to(published).parts[0] not in FOLDERS_WITH_A_MANIFEST
    ]
    part = published / f"{MANIFEST}.part"
    content = {"run_id": run_id, "as_of": as_of.isoformat(), "files": files}
    part.write_text(sealed_text(content), encoding="utf-8")
    swap_in(part, published / MANIFEST)
    return published / MANIFEST


def check_conservation(connection: Connection, worklist: Path | None) -> None:
    """Raises ``ConservationError`` unless lines, episodes, steps, rows and dollars add up.

    ``connection`` has the finished file open; ``worklist`` is the CSV made from it, where there is one. Every broken
    law is named at once, with how often it is broken.
    """
    broken = _broken(connection, PUBLISHED_LAWS)
    if worklist is not None:
        broken += _worklist_faults(connection, worklist)
    _raise_if_broken(broken)


def _worklist_faults(connection: Connection, worklist: Path) -> Iterator[str]:
    rows, dollars = _csv_total(worklist)
    if rows != _number(connection, "select count(*) from finding"):
        yield "worklist.csv has a row for every finding, and no other"
    database_dollars = connection.execute("select coalesce(sum(paid_amount), 0) from finding").fetchall()[0][0]
    if dollars != Decimal(database_dollars):
        yield "the dollars of worklist.csv are those of the database, to the cent"


def _broken(connection: Connection, laws: Mapping[str, str]) -> list[str]:
    return [f"{law} ({count:,} times)" for law, query in laws.items() if (count := _number(connection, query)) > 0]


def _raise_if_broken(broken: Sequence[str]) -> None:
    if broken:
        message = (
            "The run does not add up, so it is not published. What should hold and does not: "
            + "; ".join(broken)
            + ". The last published audit stays. Keep the work folder and report this: it is a fault of the program."
        )
        raise ConservationError(message)


# Asked of the run's working file: how many times is the law broken?
WORKING_LAWS: Mapping[str, str] = {
    "every index line is in exactly one episode": """
        select count(*)
        from (
            select index_line.member_id
            from intermediate.index_line
            left join intermediate.episode_index_line
                on
                    index_line.member_id = episode_index_line.member_id
                    and index_line.claim_id = episode_index_line.claim_id
                    and index_line.source_table = episode_index_line.source_table
                    and index_line.source_key = episode_index_line.source_key
            left join audit.episode_review on episode_index_line.episode_id = episode_review.episode_id
            group by index_line.member_id, index_line.claim_id, index_line.source_table, index_line.source_key
            having count(distinct episode_review.episode_id) <> 1
        )
    """,
    "every episode has an index line": """
        select count(*)
        from audit.episode_review
        left join intermediate.episode_index_line on episode_review.episode_id = episode_index_line.episode_id
        where episode_index_line.episode_id is null
    """,
    "the dollars of episodes are those of their counting lines, each line once": """
        select count(*)
        from (select sum(paid_amount) as dollars from audit.episode_review) as reviewed
        cross join (
            select sum(counting_line.paid_amount) as dollars
            from (
                select listed_claim.member_id, listed_claim.claim_id
                from (select member_id, unnest(claim_ids) as claim_id from audit.episode_review) as listed_claim
                group by listed_claim.member_id, listed_claim.claim_id
            ) as owned_claim
            inner join intermediate.counting_line
                on owned_claim.member_id = counting_line.member_id and owned_claim.claim_id = counting_line.claim_id
        ) as counted
        where coalesce(reviewed.dollars, 0) <> coalesce(counted.dollars, 0)
    """,
}

# Asked of the finished file.
PUBLISHED_LAWS: Mapping[str, str] = {
    "every episode has exactly one outcome": """
        select count(*)
        from (
            select episode_id
            from episode_review
            group by episode_id
            having count(*) <> 1 or count(outcome) <> 1 or count(outcome_reason) <> 1
        )
    """,
    "every episode that is not excluded has its five criteria, and no other has any": """
        select count(*)
        from (
            select episode_review.episode_id
            from episode_review
            left join criterion_result on episode_review.episode_id = criterion_result.episode_id
            group by episode_review.episode_id, episode_review.outcome
            having
                count(distinct criterion_result.criterion) <> if(episode_review.outcome = 'excluded', 0, 5)
                or count(criterion_result.criterion) <> count(distinct criterion_result.criterion)
        )
    """,
    "every flagged episode, and no other, has a priority": """
        select count(*) from episode_review where (outcome = 'flagged') <> (priority_score is not null)
    """,
    "the funnel's steps add up": """
        select count(*)
        from (
            select
                left_count,
                entered_count - left_count <> remaining_count as is_uneven,
                entered_count <> lag(remaining_count) over (partition by unit order by step_number) as is_torn
            from funnel
        )
        where is_uneven or is_torn or left_count < 0
    """,
    "the funnel ends with the flagged episodes": """
        select count(*)
        from (select max_by(remaining_count, step_number) as flagged_count from funnel)
        where flagged_count is distinct from (select count(*) from finding)
    """,
    "rows delivered = rows loaded + repeats + rows set aside, for every file": """
        select count(*)
        from delivered_file
        where fate = 'landed' and row_count is distinct from loaded_count + repeat_count + rejected_count
    """,
    "rows set aside are listed, for every file": """
        select count(*)
        from (
            select delivery_number, file_number, table_name
            from delivered_file
            where fate = 'landed' and rejected_count > 0
        ) as counted
        full join (
            select delivery_number, file_number, table_name
            from rejected_row
            group by delivery_number, file_number, table_name
        ) as listed
            on
                counted.delivery_number = listed.delivery_number
                and counted.file_number = listed.file_number
                and counted.table_name = listed.table_name
        where counted.table_name is null or listed.table_name is null
    """,
}


def _raise_if_missing(connection: Connection) -> None:
    held = _names(connection, "select table_name from duckdb_tables() where schema_name = 'audit'")
    if missing := NEEDED_TABLES - set(held):
        message = f"The audit stage left no table {', '.join(sorted(missing))}, so nothing was published."
        raise StimauditError(message)


def _build(connection: Connection, target: Path, sql: Path) -> None:
    columns = read_columns(sql / "columns.csv")
    models = {path.stem: path for path in sorted((sql / "published").glob("*.sql"))}
    copied = _names(
        connection, "select table_name from duckdb_tables() where schema_name = 'audit' order by table_name"
    )
    attach_new(connection, target, "published", storage_version=STORAGE_VERSION)
    connection.execute("create schema published.audit")
    for table in copied:
        if table not in models:
            connection.execute(
                f"create table published.audit.{identifier(table)} as from audit.{identifier(table)} order by all"
            )
    for table, path in models.items():
        if table not in {"finding", "dictionary"}:
            connection.execute(
                f"create table published.audit.{identifier(table)} as from ({_query(path)}) order by all"
            )
    run = connection.execute("select current_catalog()").fetchall()[0][0]
    connection.execute("use published.audit")
    connection.execute(f"create view finding as {_query(models['finding'])}")
    create_views_and_macros(connection, sql)
    connection.execute(f"use {identifier(run)}")
    comments = _table_comments(sql, copied, models) | {
        name: model_comment(path) for name, path in view_paths(sql).items()
    }
    _add_dictionary(connection, columns, comments, models["dictionary"])
    connection.begin()
    _add_comments(connection, columns, comments)
    macros = {name: model_comment(path) for name, path in macro_paths(sql).items()}
    comment_macros(connection, macros, schema="published.audit")
    connection.commit()
    connection.execute("checkpoint published")
    connection.execute("detach published")


def _query(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip().removesuffix(";")


def _run_made(facts: RunFacts, grade_reasons: Sequence[str]) -> RunMade:
    return RunMade(
        run_id=facts.run_id,
        as_of=facts.as_of.isoformat(),
        known_from=facts.finished_at_utc,
        code_version=facts.code_version,
        policy_versions=facts.policy_versions,
        value_set_versions=facts.value_set_versions,
        landed_digest=facts.landed_digest,
        parameters=facts.parameters,
        grade="caveats" if grade_reasons else "clean",
    )


def _table_comments(sql: Path, copied: Sequence[str], models: Mapping[str, Path]) -> dict[str, str]:
    """The comment of each table: the first line of the model that makes it."""
    made_by = {table: sql / "audit" / f"{table}.sql" for table in copied} | dict(models)
    if strays := sorted(table for table, path in made_by.items() if not path.is_file()):
        message = f"No model in sql/audit explains {', '.join(strays)}, so nothing was published. Add its file."
        raise StimauditError(message)
    return {table: model_comment(path) for table, path in made_by.items()}


def _add_dictionary(
    connection: Connection, columns: Mapping[str, Column], comments: Mapping[str, str], model: Path
) -> None:
    """Adds ``audit.dictionary``, which also explains itself."""
    types = {name: column.type for name, column in columns.items()}
    _make(connection, types, "run_facts.published_column", DICTIONARY_COLUMNS, [])
    connection.execute(f"create table published.audit.dictionary as from ({_query(model)})")
    found = connection.execute(
        "select table_name, column_name, column_index, data_type from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'audit'"
    ).fetchall()
    if unknown := sorted({f"{table}.{name}" for table, name, _, _ in found if name not in columns}):
        message = (
            f"sql/columns.csv does not explain {', '.join(unknown)}, so nothing was published. "
            "Add a line for each name: a column nobody explained may not be shown."
        )
        raise StimauditError(message)
    rows = [(table, "", 0, "", comments[table], "", "") for table in sorted({row[0] for row in found})]
    rows += [
        (
            table,
            name,
            index,
            data_type,
            columns[name].meaning,
            columns[name].unit_or_code_system,
            columns[name].sensitivity,
        )
        for table, name, index, data_type in found
    ]
    _insert(connection, "run_facts.published_column", rows)
    connection.execute(
        f"insert into published.audit.dictionary from ({_query(model)}) order by table_name, column_position"
    )


def _add_comments(connection: Connection, columns: Mapping[str, Column], comments: Mapping[str, str]) -> None:
    """Comments on every table and column; applied last, because remaking a view wipes them."""
    views = set(_names(connection, "select view_name from duckdb_views() where database_name = 'published'"))
    for table, comment in comments.items():
        kind = "view" if table in views else "table"
        connection.execute(f"comment on {kind} published.audit.{identifier(table)} is {literal(comment)}")
    for table, name in connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'audit'"
    ).fetchall():
        column = columns[name]
        unit = f" ({column.unit_or_code_system})" if column.unit_or_code_system else ""
        connection.execute(
            f"comment on column published.audit.{identifier(table)}.{identifier(name)} "
            f"is {literal(column.meaning + unit)}"
        )


def _write_run_facts(
    connection: Connection,
    facts: RunFacts,
    check_results: Sequence[CheckResult],
    grade_reasons: Sequence[str],
    sql: Path,
) -> None:
    """Writes what only the run knows into schema ``run_facts`` of the working file, where the models read it."""
    connection.execute("drop schema if exists run_facts cascade")
    connection.execute("create schema run_facts")
    types = {name: column.type for name, column in read_columns(sql / "columns.csv").items()}
    run = {
        "run_id": facts.run_id,
        "as_of_date": facts.as_of,
        "started_at_utc": facts.started_at_utc.replace(tzinfo=None),
        "finished_at_utc": facts.finished_at_utc.replace(tzinfo=None),
        "code_version": facts.code_version,
        "policy_versions": list(facts.policy_versions),
        "value_set_versions": list(facts.value_set_versions),
        "landed_digest": facts.landed_digest,
        "parameters": json.dumps(dict(facts.parameters), sort_keys=True, default=str),
        "grade": "caveats" if grade_reasons else "clean",
        "grade_reasons": list(grade_reasons),
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
    _make(connection, types, "run_facts.run", tuple(run), [tuple(run.values())])
    _make(
        connection,
        types,
        "run_facts.check_result",
        check_columns,
        [tuple(getattr(result, name) for name in check_columns) for result in check_results],
    )
    _write_value_set_rows(connection, types)
    for name in ("about", "example_query"):
        header, rows = read_rows(sql, name)
        _make(connection, types, f"run_facts.{name}", header, rows)


DICTIONARY_COLUMNS = (
    "table_name",
    "column_name",
    "column_position",
    "data_type",
    "meaning",
    "unit_or_code_system",
    "sensitivity",
)

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


def _write_value_set_rows(connection: Connection, types: Mapping[str, str]) -> None:
    """Puts the rows of all value sets under one another; a column that a set does not have is null there."""
    _make(connection, types, "run_facts.value_set_row", VALUE_SET_COLUMNS, [])
    for name in _names(
        connection, "select table_name from duckdb_tables() where schema_name = 'value_sets' order by table_name"
    ):
        held = _names(
            connection,
            "select column_name from duckdb_columns() where schema_name = 'value_sets' "
            f"and table_name = {literal(name)} order by column_index",
        )
        shared = ", ".join(identifier(column) for column in held if column in VALUE_SET_COLUMNS)
        connection.execute(
            f"insert into run_facts.value_set_row by name select {literal(name)} as value_set_name, {shared} "
            f"from value_sets.{identifier(name)}"
        )


def _make(
    connection: Connection,
    types: Mapping[str, str],
    table: str,
    names: Sequence[str],
    rows: Iterable[tuple[object, ...]],
) -> None:
    definition = ", ".join(f"{identifier(name)} {types[name]}" for name in names)
    connection.execute(f"create table {table} ({definition})")
    _insert(connection, table, list(rows))


def _insert(connection: Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Inserts all rows in one statement; one statement a row takes milliseconds each."""
    if rows:
        marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [cell for row in rows for cell in row])


def _grade_reasons(check_results: Sequence[CheckResult], connection: Connection) -> tuple[str, ...]:
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
    return tuple(f"{table}: {name} ({count:,})" for table, name, count, _ in sorted(failed))


def write_episode_review(connection: Connection, path: Path) -> None:
    """Writes ``episode_review`` of the schema in use as Parquet: one row per episode, by its name."""
    connection.execute(
        f"copy (from episode_review order by episode_id) to {literal(path)} {parquet_format('compression zstd')}"
    )


def _check_explained(connection: Connection) -> None:
    """Reads every table of the finished file, and refuses it where something has no comment."""
    for table in _names(
        connection,
        "select table_name from duckdb_tables() where schema_name = 'audit' "
        "union all select view_name from duckdb_views() where schema_name = 'audit'",
    ):
        connection.execute(f"from {identifier(table)} limit 1").fetchall()
    bare = _number(
        connection,
        "select (select count(*) from duckdb_columns() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_tables() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_views() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_functions() where schema_name = 'audit' and comment is null)",
    )
    if bare:
        message = f"{bare} tables or columns of the new audit file are not explained, so it is not published."
        raise StimauditError(message)


def _outcome(connection: Connection, run_id: str, published: Path, grade_reasons: tuple[str, ...]) -> Published:
    episodes, flagged, dollars = connection.execute(
        "select count(*), count(*) filter (outcome = 'flagged'), "
        "coalesce(sum(paid_amount) filter (outcome = 'flagged'), 0) from episode_review"
    ).fetchall()[0]
    return Published(
        run_id=run_id,
        folder=published,
        database=published / DATABASE_LINK,
        worklist=published / WORKLIST_CSV if key_in_use() is None else None,
        grade="caveats" if grade_reasons else "clean",
        grade_reasons=grade_reasons,
        episode_count=episodes,
        flagged_count=flagged,
        flagged_paid_amount=Decimal(dollars),
        rejected_count=_number(connection, "select coalesce(sum(rejected_count), 0) from delivered_file"),
        funnel=read_funnel(connection),
    )


def read_funnel(connection: Connection) -> tuple[FunnelStep, ...]:
    """The steps of ``audit.funnel`` in order, from a connection to the published file."""
    names = [field.name for field in fields(FunnelStep)]
    rows = connection.execute(f"select {', '.join(names)} from funnel order by step_number").fetchall()
    return tuple(FunnelStep(*row) for row in rows)


def _csv_total(worklist: Path) -> tuple[int, Decimal]:
    with worklist.open(encoding="utf-8", newline="") as lines:
        amounts = [Decimal(line["paid_amount"] or 0) for line in csv.DictReader(lines)]
    return len(amounts), sum(amounts, Decimal(0))


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _names(connection: Connection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def _link(published: Path) -> None:
    """Points ``audit.duckdb`` at the database; a link that is right is left alone."""
    link = published / DATABASE_LINK
    if link.is_symlink() and link.readlink().name == DATABASE_FILE:
        return
    part = published / f"{DATABASE_LINK}.part"
    part.unlink(missing_ok=True)
    part.symlink_to(DATABASE_FILE)
    part.replace(link)
    _to_disk(published)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
