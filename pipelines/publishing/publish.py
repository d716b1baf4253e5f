"""Publish: the run's ``audit.*`` tables become one explained, checked file, swapped in whole.

The file is built aside, and nothing of the published folder is touched before the conservation checks hold. Whoever
has yesterday's file open keeps reading it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.ground.encryption import content_digest, key_in_use
from pipelines.ground.errors import StimauditError
from pipelines.ground.files import PARTIAL, file_sha256, make_folder, partial_path, swap_in, to_disk, write_file
from pipelines.ground.formats import PUBLISHED
from pipelines.ground.published_file import DATABASE_FILE, DATABASE_LINK, open_published
from pipelines.ground.sealed_json import sealed_text
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
from pipelines.publishing.history import commit_night, keep_inputs, prepare_night, settle, tell_night
from pipelines.publishing.retention import SNAPSHOT_DAYS, SNAPSHOT_FOLDER, keep_snapshot
from pipelines.publishing.run_facts import RunFacts, find_grade_reasons, write_run_facts
from pipelines.publishing.views_and_macros import (
    PARQUET_FOLDER,
    PARQUET_MANIFEST,
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
    from datetime import date
    from pathlib import Path

    from pipelines.gates.validate import CheckResult
    from pipelines.ground.warehouse import Connection


EPISODE_REVIEW_PARQUET = "episode_review.parquet"
MANIFEST = "manifest.json"
STORAGE_VERSION = "v1.2.0"
FOLDERS_WITH_A_MANIFEST = frozenset({PARQUET_FOLDER, SNAPSHOT_FOLDER})

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
    """What was published: where it is and what an operator wants to know of it.

    ``worklist`` is the CSV; there is none where the audit is encrypted. ``unknown_payment_count`` flagged episodes hold
    an amount that nobody sent and are not in ``flagged_paid_amount``.
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
    unknown_payment_count: int
    rejected_count: int
    funnel: tuple[FunnelStep, ...]


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
    of ``intermediate.*`` that the laws and the models of ``sql/audit/published`` name. The published file, the worklist
    as CSV and ``episode_review`` as Parquet are built beside it, checked against each other (``ConservationError``
    names what does not add up), and then moved into ``published`` one rename each, the database first and the manifest
    last. Run again after a crash at any point it ends with the same files. The grade is ``caveats`` when a check that
    warns has failed, else ``clean``.

    The publish is told in ``history`` beside ``published``, by whose cases ``audit`` has named those of the run. A
    snapshot of the file is kept for ``snapshot_days``, and that of each month's end for good. With a key in use
    everything with member data is encrypted, and the CSV, which could not be read then, is left to ``report``.
    """
    aside = working.parent / "publish"
    history = published.with_name("history")
    is_encrypted = key_in_use() is not None
    shutil.rmtree(aside, ignore_errors=True)
    make_folder(aside)
    settle(history, published / DATABASE_FILE)
    with open_warehouse(working, memory_limit=memory_limit) as connection:
        _raise_if_missing(connection)
        raise_if_broken(broken_laws(connection, read_laws(sql, "working")))
        facts = replace(facts, grade_reasons=find_grade_reasons(check_results, connection))
        connection.begin()
        write_run_facts(connection, facts, check_results, sql)
        connection.commit()
        night = tell_night(connection, history, facts=facts, sql=sql, landed=published.with_name("landed"))
        put_review_tables(connection, published.with_name("decisions"), as_of=facts.as_of)
        _build(connection, aside / DATABASE_FILE, sql)
    with open_published(aside) as connection:
        names = write_beside(connection, aside, run_id=facts.run_id)
        check_conservation(connection, aside / WORKLIST_CSV if WORKLIST_CSV in names else None, sql=sql)
        check_explained(connection)
        outcome = _outcome(connection, facts, published)
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
        and path.suffix != PARTIAL
        and path.relative_to(published).parts[0] not in FOLDERS_WITH_A_MANIFEST
    ]
    content = {"format": PUBLISHED, "run_id": run_id, "as_of": as_of.isoformat(), "files": files}
    write_file(published / MANIFEST, sealed_text(content).encode())
    return published / MANIFEST


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


def _outcome(connection: Connection, facts: RunFacts, published: Path) -> Published:
    episodes, flagged, dollars, unknown = connection.execute(
        "select count(*), count(*) filter (outcome = 'flagged'), "
        "coalesce(sum(paid_amount) filter (outcome = 'flagged'), 0), "
        "count(*) filter (outcome = 'flagged' and paid_amount is null) from episode_review"
    ).fetchall()[0]
    return Published(
        run_id=facts.run_id,
        folder=published,
        database=published / DATABASE_LINK,
        worklist=published / WORKLIST_CSV if key_in_use() is None else None,
        grade=facts.grade,
        grade_reasons=facts.grade_reasons,
        episode_count=episodes,
        flagged_count=flagged,
        flagged_paid_amount=Decimal(dollars),
        unknown_payment_count=unknown,
        rejected_count=one_number(connection, "select coalesce(sum(rejected_count), 0) from delivered_file"),
        funnel=read_funnel(connection),
    )


def read_funnel(connection: Connection) -> tuple[FunnelStep, ...]:
    """The steps of ``audit.funnel`` in order, from a connection to the published file."""
    names = [field.name for field in fields(FunnelStep)]
    rows = connection.execute(f"select {', '.join(names)} from funnel order by step_number").fetchall()
    return tuple(FunnelStep(*row) for row in rows)


def _link(published: Path) -> None:
    """Points ``audit.duckdb`` at the database; a link that is right is left alone."""
    link = published / DATABASE_LINK
    if link.is_symlink() and link.readlink().name == DATABASE_FILE:
        return
    part = partial_path(link)
    part.unlink(missing_ok=True)
    part.symlink_to(DATABASE_FILE)
    part.replace(link)
    to_disk(published)
