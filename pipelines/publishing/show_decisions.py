"""Decisions shown at once: a further publish of the run that stands, with what people have decided since."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import identifier, open_warehouse, put_frame
from pipelines.publishing.dictionary import model_query
from pipelines.publishing.publishes import (
    PUBLISHED_LINK,
    begin,
    finish,
    free_name,
    read_publish,
    share_file,
    swing,
    throw_away,
)
from pipelines.publishing.views_and_macros import PARQUET_FOLDER, published_folder, write_parquet_copy
from pipelines.review.case_review import published_review
from pipelines.review.decisions import read_decisions

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

DECIDED_TABLES = ("decision", "case_status")


def show_decisions(out: Path, *, sql: Path) -> None:
    """Puts every decision of ``out`` into ``audit.decision`` and ``audit.case_status``, in a further publish.

    The file is filled again aside with its Parquet copy, the rest is the same, and the link swings to it; whoever has
    the file open keeps reading what was there. The caller holds the output folder. Where nobody decided anything, or
    what was decided stands there already, nothing is changed.
    """
    store, standing = out / "decisions", out / PUBLISHED_LINK
    if read_decisions(store).is_empty():
        return
    old = read_publish(standing)
    folder = begin(out)
    made_again = (DATABASE_FILE, f"{PARQUET_FOLDER}/")
    kept = [file.name for file in old.files if not file.name.startswith(made_again)]
    for name in kept:
        share_file(standing / name, folder / name)
    shutil.copyfile(standing / DATABASE_FILE, folder / DATABASE_FILE)
    with open_warehouse(folder / DATABASE_FILE) as connection:
        run_id, is_other = _refill(connection, store, sql)
    if not is_other:
        throw_away(out)
        return
    with open_published(folder) as connection:
        copies = write_parquet_copy(connection, folder / PARQUET_FOLDER, run_id=run_id)
    written = [DATABASE_FILE, *kept, *(path.relative_to(folder).as_posix() for path in copies)]
    name = free_name(out, run_id)
    finish(out, name, written=written)
    swing(out, name)


def _refill(connection: Connection, store: Path, sql: Path) -> tuple[str, bool]:
    """The run of the file in ``connection``, and whether its tables of decisions, filled from ``store``, are others."""
    [[run_id]] = connection.execute("select run_id from audit.run").fetchall()
    before = _decided(connection)
    frames = {"decision": read_decisions(store), "case_status": published_review(connection, store)}
    for name in DECIDED_TABLES:
        table, model = f"audit.{identifier(name)}", published_folder(sql) / f"{name}.sql"
        put_frame(connection, f"run_facts.{name}", frames[name])
        connection.execute(f"delete from {table}")
        connection.execute(f"insert into {table} by name from ({model_query(model)}) order by all")
    connection.execute("drop schema run_facts cascade")
    connection.execute("checkpoint")
    return str(run_id), _decided(connection) != before


def _decided(connection: Connection) -> list[list[tuple[object, ...]]]:
    """The rows of the tables of decisions."""
    return [connection.execute(f"from audit.{identifier(name)} order by all").fetchall() for name in DECIDED_TABLES]
