"""What the published file says of its own tables and columns, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.ground.near_names import unknown_name
from pipelines.ground.warehouse import asked, one_column

if TYPE_CHECKING:
    from pipelines.ground.warehouse import Connection


EXPLAINED_COLUMNS = ("table_name", "column_name", "data_type", "meaning", "unit_or_code_system", "sensitivity")


def explained(connection: Connection, name: str | None) -> list[tuple[Any, ...]]:
    """One row per table and column of the published file that ``name`` means, with ``EXPLAINED_COLUMNS``.

    ``name`` is a table, with or without its schema, or a column behind its table and a point; none means all. Raises
    ``UsageError`` for a table or column that is not there, with those that are near.
    """
    table, _, column = (name or "").removeprefix("audit.").partition(".")
    tables = one_column(connection, "select distinct table_name from dictionary order by table_name")
    if name is not None and table not in tables:
        raise unknown_name(table, tables, kind="table", place="The published audit")
    rows = asked(
        connection,
        f"select {', '.join(EXPLAINED_COLUMNS)} from dictionary where $name is null or table_name = $name "
        "order by table_name, column_position",
        {"name": table or None},
    ).fetchall()
    if not column:
        return rows
    found = [row for row in rows if row[1] == column]
    if not found:
        known = [str(row[1]) for row in rows if row[1]]
        raise unknown_name(column, known, kind="column", place=f"The table audit.{table}")
    return found
