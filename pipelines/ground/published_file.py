"""The published database: its name, the older name that leads to it, and the door that reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.files import partial_path, to_disk
from pipelines.ground.warehouse import open_warehouse

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection


# DuckDB names a database after its file, and a database called audit would hide the schema of that name: command-line
# clients refuse every `audit.finding` as ambiguous. The documented name is this one; audit.duckdb is a link to it for
# programs that know that name (decisions 0040 and 0178).
DATABASE_FILE = "stimaudit.duckdb"
DATABASE_LINK = "audit.duckdb"


def open_published(folder: Path) -> Connection:
    """A read-only connection to the audit database in ``folder``, whose tables can be named without their schema."""
    connection = open_warehouse(folder / DATABASE_FILE, read_only=True)
    connection.execute("use audit")
    return connection


def link_database(folder: Path) -> None:
    """Points ``audit.duckdb`` in ``folder`` at the database; a link that is right is left alone."""
    if link_fault(folder) is None:
        return
    link = folder / DATABASE_LINK
    part = partial_path(link)
    part.unlink(missing_ok=True)
    part.symlink_to(DATABASE_FILE)
    part.replace(link)
    to_disk(folder)


def link_fault(folder: Path) -> str | None:
    """What is wrong with ``audit.duckdb`` in ``folder``, as the end of a sentence; none where it leads to the database.

    A link out of the folder, or to a file of that name elsewhere, is wrong: readers would be shown another audit.
    """
    link = folder / DATABASE_LINK
    if not link.is_symlink():
        return "is a file of its own, not a link to" if link.exists() else "is missing, a link to"
    return None if link.readlink() == Path(DATABASE_FILE) else "is aimed elsewhere, not at"
