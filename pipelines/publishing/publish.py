"""Publish: the run's ``audit.*`` tables become one explained, checked file in a folder that is built aside.

What stands published is not touched: the reports come beside the file, and then the whole folder takes its place
(``publishing.publishes``). Whoever has yesterday's file open keeps reading it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.ground.encryption import content_digest, key_in_use
from pipelines.ground.errors import StimauditError
from pipelines.ground.files import file_sha256
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import (
    attach_new,
    identifier,
    literal,
    one_column,
    one_number,
    open_warehouse,
    parquet_format,
)
from pipelines.publishing.conservation import broken_laws, check_conservation, raise_if_broken, read_laws
from pipelines.publishing.dictionary import (
    add_comments,
    add_dictionary,
    check_explained,
    model_comment,
    model_query,
    read_columns,
    table_comments,
)
from pipelines.publishing.history import keep_inputs, prepare_night, settle, tell_night
from pipelines.publishing.publishes import PUBLISHED_LINK, begin, free_name, standing_name
from pipelines.publishing.run_facts import (
    RunFacts,
    find_grade_reasons,
    with_cases,
    write_gate_measures,
    write_run_facts,
)
from pipelines.publishing.views_and_macros import (
    PARQUET_FOLDER,
    comment_macros,
    create_views_and_macros,
    macro_paths,
    published_folder,
    view_paths,
    write_parquet_copy,
)
from pipelines.publishing.worklist_csv import WORKLIST_CSV, write_worklist_csv
from pipelines.review.case_review import put_review_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.warehouse import Connection


EPISODE_REVIEW_PARQUET = "episode_review.parquet"
STORAGE_VERSION = "v1.2.0"

NEEDED_TABLES = frozenset(
    {"episode_review", "criterion_result", "care_ledger", "care_group_state", "funnel", "claim_line_state"}
)


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
    """What is published: where it is to stand and what an operator wants to know of it.

    ``name`` is that of its folder, ``written`` are the paths of what is written of it below ``folder``. ``worklist`` is
    the CSV; there is none where the audit is encrypted. ``unknown_payment_count`` flagged episodes hold
    an amount that nobody sent and are not in ``flagged_paid_amount``. ``unread_opening_count`` rows may be
    implantations that could not be read and have not come right since.
    """

    run_id: str
    name: str
    folder: Path
    database: Path
    worklist: Path | None
    grade: str
    grade_reasons: tuple[str, ...]
    episode_count: int
    flagged_count: int
    flagged_paid_amount: Decimal
    unknown_payment_count: int
    rejected_count: int
    unread_opening_count: int
    ended_claim_count: int
    shortened_claim_count: int
    funnel: tuple[FunnelStep, ...]
    written: tuple[str, ...]


def publish(
    working: Path,
    out: Path,
    *,
    facts: RunFacts,
    check_results: Sequence[CheckResult],
    sql: Path,
    memory_limit: str = "1GB",
) -> Published:
    """The audit of one run as it is to stand published in ``out``, with its grade and funnel.

    ``working`` is the run's DuckDB file with ``audit.*``, ``landed.*``, ``value_sets.*``, ``policies.*`` and the parts
    of ``intermediate.*`` that the laws and the models of ``sql/audit/published`` name. The published file, the worklist
    as CSV and the tables as Parquet are written into a folder aside and checked against each other
    (``ConservationError`` names what does not add up). Run again after a crash at any point it gives the same files.
    The grade is ``caveats`` when a check that warns has failed, else ``clean``.

    The publish is put down in the history as pending; it is one of it when the folder stands (``reports.report``). With
    a key in use everything with member data is encrypted, and the CSV, which could not be read then, is left to
    ``report``.
    """
    history = out / "history"
    is_encrypted = key_in_use() is not None
    aside = begin(out)
    settle(history, standing_name(out))
    with open_warehouse(working, memory_limit=memory_limit) as connection:
        _raise_if_missing(connection)
        raise_if_broken(broken_laws(connection, read_laws(sql, "working")))
        check_results = with_cases(check_results, connection)
        facts = replace(facts, grade_reasons=find_grade_reasons(check_results, connection))
        connection.begin()
        write_run_facts(connection, facts, check_results, sql)
        connection.commit()
        night = tell_night(connection, history, facts=facts, sql=sql, landed=out / "landed")
        write_gate_measures(connection, history, sql, run_number=night.entry.run_number)
        put_review_tables(connection, out / "decisions", as_of=facts.as_of)
        _build(connection, aside / DATABASE_FILE, sql)
    with open_published(aside) as connection:
        names = write_beside(connection, aside, run_id=facts.run_id)
        check_conservation(connection, aside / WORKLIST_CSV if WORKLIST_CSV in names else None, sql=sql)
        check_explained(connection)
        outcome = _outcome(connection, facts, out, (DATABASE_FILE, *names))
        digest = episodes_digest(connection) if is_encrypted else None
    tables = (EPISODE_REVIEW_PARQUET, WORKLIST_CSV)
    prepare_night(
        history,
        night,
        publish_name=outcome.name,
        inputs=keep_inputs(history, sql, facts.inputs),
        files={} if is_encrypted else {name: file_sha256(aside / name) for name in names if name in tables},
        episodes_digest=digest,
    )
    return outcome


def write_beside(connection: Connection, folder: Path, *, run_id: str) -> tuple[str, ...]:
    """The paths of the files written below ``folder`` beside the finished database, which ``connection`` has open.

    With a key in use there is no CSV: no spreadsheet opens an encrypted one.
    """
    write_episode_review(connection, folder / EPISODE_REVIEW_PARQUET)
    copies = write_parquet_copy(connection, folder / PARQUET_FOLDER, run_id=run_id)
    written = (EPISODE_REVIEW_PARQUET, *(path.relative_to(folder).as_posix() for path in copies))
    if key_in_use() is not None:
        return written
    write_worklist_csv(connection, folder / WORKLIST_CSV)
    return (WORKLIST_CSV, *written)


def episodes_digest(connection: Connection) -> str:
    """A digest of ``episode_review`` of the schema in use, row for row; the same rows give the same, encrypted or not.

    With a key in use nobody without it can compare it (``encryption.content_digest``).
    """
    rows = connection.execute(
        "select sha256(coalesce(string_agg(to_json(episode_review)::varchar, chr(10) order by episode_id), '')) "
        "from episode_review"
    ).fetchall()[0][0]
    return content_digest(str(rows).encode())


def _raise_if_missing(connection: Connection) -> None:
    held = one_column(connection, "select table_name from duckdb_tables() where schema_name = 'audit'")
    if missing := NEEDED_TABLES - set(held):
        message = f"The audit stage left no table {', '.join(sorted(missing))}, so nothing was published."
        raise StimauditError(message)


def _build(connection: Connection, target: Path, sql: Path) -> None:
    columns = read_columns(sql / "columns.csv")
    models = {path.stem: path for path in sorted(published_folder(sql).glob("*.sql"))}
    copied = one_column(
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
                f"create table published.audit.{identifier(table)} as from ({model_query(path)}) order by all"
            )
    run = connection.execute("select current_catalog()").fetchall()[0][0]
    connection.execute("use published.audit")
    connection.execute(f"create view finding as {model_query(models['finding'])}")
    create_views_and_macros(connection, sql)
    connection.execute(f"use {identifier(run)}")
    comments = table_comments(sql, copied, models) | {
        name: model_comment(path) for name, path in view_paths(sql).items()
    }
    add_dictionary(connection, columns, comments, models["dictionary"])
    connection.begin()
    add_comments(connection, columns, comments)
    macros = {name: model_comment(path) for name, path in macro_paths(sql).items()}
    comment_macros(connection, macros, schema="published.audit")
    connection.commit()
    connection.execute("checkpoint published")
    connection.execute("detach published")


def write_episode_review(connection: Connection, path: Path) -> None:
    """Writes ``episode_review`` of the schema in use as Parquet: one row per episode, by its name."""
    connection.execute(
        f"copy (from episode_review order by episode_id) to {literal(path)} {parquet_format('compression zstd')}"
    )


def _outcome(connection: Connection, facts: RunFacts, out: Path, written: tuple[str, ...]) -> Published:
    episodes, flagged, dollars, unknown = connection.execute(
        "select count(*), count(*) filter (outcome = 'flagged'), "
        "coalesce(sum(paid_amount) filter (outcome = 'flagged'), 0), "
        "count(*) filter (outcome = 'flagged' and paid_amount is null) from episode_review"
    ).fetchall()[0]
    published = out / PUBLISHED_LINK
    return Published(
        run_id=facts.run_id,
        name=free_name(out, facts.run_id),
        folder=published,
        database=published / DATABASE_FILE,
        worklist=published / WORKLIST_CSV if key_in_use() is None else None,
        grade=facts.grade,
        grade_reasons=facts.grade_reasons,
        episode_count=episodes,
        flagged_count=flagged,
        flagged_paid_amount=Decimal(dollars),
        unknown_payment_count=unknown,
        rejected_count=one_number(connection, "select coalesce(sum(rejected_count), 0) from delivered_file"),
        unread_opening_count=one_number(
            connection,
            "select count(distinct (delivery_number, source_file, source_row)) from unread_opening_row "
            "where not came_right",
        ),
        ended_claim_count=one_number(connection, "select count(*) from ended_claim"),
        shortened_claim_count=one_number(connection, "select count(*) from shortened_claim"),
        funnel=read_funnel(connection),
        written=written,
    )


def read_funnel(connection: Connection) -> tuple[FunnelStep, ...]:
    """The steps of ``audit.funnel`` in order, from a connection to the published file."""
    names = [field.name for field in fields(FunnelStep)]
    rows = connection.execute(f"select {', '.join(names)} from funnel order by step_number").fetchall()
    return tuple(FunnelStep(*row) for row in rows)
