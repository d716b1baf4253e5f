"""The published database: its name, and the door that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.warehouse import open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


# DuckDB names a database after its file, and a database called audit would hide the schema of that name: every
# `audit.finding` would be refused as ambiguous. It follows links first, so audit.duckdb is a link to this name.
DATABASE_FILE = "stimaudit.duckdb"
DATABASE_LINK = "audit.duckdb"


def open_published(folder: Path) -> Connection:
    """A read-only connection to the audit database in ``folder``, whose tables can be named without their schema."""
    connection = open_warehouse(folder / DATABASE_FILE, read_only=True)
    connection.execute("use audit")
    return connection
