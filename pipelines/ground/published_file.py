"""The published database: its name, and the door that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.formats import UNMARKED, check_form
from pipelines.ground.warehouse import WarehouseError, open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


# DuckDB names a database after its file, and a database called audit would hide the schema of that name: every
# `audit.finding` would be refused as ambiguous. It follows links first, so audit.duckdb is a link to this name.
DATABASE_FILE = "stimaudit.duckdb"
DATABASE_LINK = "audit.duckdb"


def open_published(folder: Path) -> Connection:
    """A read-only connection to the audit database in ``folder``, whose tables can be named without their schema.

    Raises ``OtherFormError`` where another version wrote it in another form.
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
