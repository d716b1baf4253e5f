"""Decisions shown at once: the published file with what people have decided since it was published."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipelines.ground.files import file_sha256, make_folder, swap_in
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import identifier, open_warehouse, put_frame
from pipelines.publishing.dictionary import model_query
from pipelines.publishing.publish import write_manifest
from pipelines.publishing.views_and_macros import PARQUET_FOLDER, PARQUET_MANIFEST, published_folder, write_parquet_copy
from pipelines.review.case_review import published_review
from pipelines.review.decisions import read_decisions

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

DECIDED_TABLES = ("decision", "case_status")


def show_decisions(published: Path, *, sql: Path) -> None:
    """Puts every decision of the store beside ``published`` into ``audit.decision`` and ``audit.case_status`` there.

    The file is changed aside and swapped in whole, with its Parquet copy, the manifest last; whoever has it open keeps
    reading what was there. The kept snapshot of the run stays as it was published. The caller holds the output folder.
    Where nobody decided anything, nothing is changed.
    """
    store, aside = published.with_name("decisions"), published.with_name("work") / "decisions"
    if read_decisions(store).is_empty():
        return
    shutil.rmtree(aside, ignore_errors=True)
    make_folder(aside)
    shutil.copyfile(published / DATABASE_FILE, aside / DATABASE_FILE)
    with open_warehouse(aside / DATABASE_FILE) as connection:
        run_id, as_of = _refill(connection, store, sql)
    with open_published(aside) as connection:
        write_parquet_copy(connection, aside / PARQUET_FOLDER, run_id=run_id)
    swap_in(aside / DATABASE_FILE, published / DATABASE_FILE)
    _swap_in_changed(aside / PARQUET_FOLDER, published / PARQUET_FOLDER)
    write_manifest(published, run_id=run_id, as_of=as_of)
    shutil.rmtree(aside)


def _swap_in_changed(made: Path, folder: Path) -> None:
    """Moves what is not the same in the Parquet copy in ``made`` over the one in ``folder``, its manifest last."""
    for path in sorted(made.glob("*.parquet")):
        there = folder / path.name
        if not there.is_file() or file_sha256(there) != file_sha256(path):
            swap_in(path, there)
    swap_in(made / PARQUET_MANIFEST, folder / PARQUET_MANIFEST)


def _refill(connection: Connection, store: Path, sql: Path) -> tuple[str, date]:
    """The run of the file in ``connection`` and its day, after its tables of decisions were filled from ``store``."""
    run_id, as_of = connection.execute("select run_id, as_of_date from audit.run").fetchall()[0]
    frames = {"decision": read_decisions(store), "case_status": published_review(connection, store)}
    for name in DECIDED_TABLES:
        table, model = f"audit.{identifier(name)}", published_folder(sql) / f"{name}.sql"
        put_frame(connection, f"run_facts.{name}", frames[name])
        connection.execute(f"delete from {table}")
        connection.execute(f"insert into {table} by name from ({model_query(model)}) order by all")
    connection.execute("drop schema run_facts cascade")
    connection.execute("checkpoint")
    return str(run_id), as_of
