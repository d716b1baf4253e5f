"""The published database: its name, the older name that leads to it, and the door that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.errors import IntegrityError
from pipelines.ground.formats import UNMARKED, check_form
from pipelines.ground.warehouse import WarehouseError, open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


# DuckDB names a database after its file, and a database called audit would hide the schema of that name: command-line
# clients refuse every `audit.finding` as ambiguous. The documented name is this one; audit.duckdb is a link to it for
# programs that know that name (decisions 0040 and 0178).
DATABASE_FILE = "stimaudit.duckdb"
DATABASE_LINK = "audit.duckdb"
SPILLED = ".tmp"
"""How the name of the folder ends in which an engine that reads keeps what its memory does not hold."""


def open_published(folder: Path) -> Connection:
    """A read-only connection to the audit database in ``folder``, whose tables can be named without their schema.

    Raises ``OtherFormError`` where another version wrote it in another form, and ``IntegrityError`` where a side file
    stands beside it: the engine would take its content for the audit's.
    """
    connection = open_any_published(folder)
    try:
        check_form("published file", folder / DATABASE_FILE, published_form(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def open_any_published(folder: Path) -> Connection:
    """As ``open_published``, whatever the form; for what reads only what every form has."""
    raise_if_written_to(folder)
    connection = open_warehouse(folder / DATABASE_FILE, read_only=True)
    try:
        connection.execute("use audit")
    except BaseException:
        connection.close()
        raise
    return connection


def published_form(connection: Connection) -> int:
    """The form of the published file that ``connection`` has open."""
    try:
        [[form]] = connection.execute("select format_version from audit.run").fetchall()
    except (WarehouseError, ValueError):
        return UNMARKED
    return int(form or UNMARKED)


def raise_if_written_to(folder: Path) -> None:
    """Nothing where no engine wrote beside the database in ``folder``; ``IntegrityError`` naming what stands there.

    A log that waits there would be taken for the audit's latest changes by whoever opens the file. What a reader
    spills is no such thing.
    """
    names = (f"{DATABASE_FILE}.", f"{DATABASE_LINK}.")
    found = sorted(
        path.name
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name.startswith(names) and not path.name.endswith(SPILLED)
    )
    if found:
        message = (
            f"Beside the published database in {folder} stands {', '.join(found)}, which stimaudit did not write. "
            "Somebody opened the database to write, or wrote beside it. Look who did, remove it, and run "
            "`stimaudit verify`."
        )
        raise IntegrityError(message)
