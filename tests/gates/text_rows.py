"""Deliveries as rows of text, where a fault can spoil any value, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.warehouse import literal
from tests.gates.catalogue import text_columns
from tests.gates.feed import NOT_WRITTEN

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


def make_text(connection: Connection, delivery: int, *, schema: str = "text") -> tuple[str, ...]:
    """The tables with rows of a delivery, each now in ``schema`` as text, with the number of each row as ``row``."""
    connection.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
    made = []
    for (table,) in connection.execute("select table_name from landed.known_table order by table_name").fetchall():
        columns = [name for name, *_ in connection.execute(f"describe landed.{table}").fetchall()]
        written = [
            name
            for name in columns
            if not connection.execute("select regexp_matches(?, ?)", [name, NOT_WRITTEN]).fetchall()[0][0]
        ]
        connection.execute(
            f"create table {schema}.{table} as select columns(*)::varchar, "
            f"from (select {text_columns(written)}, source_row as row from landed.{table} "
            f"where delivery_number = {delivery})"
        )
        connection.execute(f"alter table {schema}.{table} alter row type bigint")
        if connection.execute(f"select count(*) from {schema}.{table}").fetchall()[0][0]:
            made.append(str(table))
        else:
            connection.execute(f"drop table {schema}.{table}")
    return tuple(made)


def write_text(connection: Connection, folder: Path, *, schema: str = "text") -> Path:
    """``folder`` with the tables of ``schema`` as extracts, rows in their order; a table without rows has no file."""
    folder.mkdir(parents=True)
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? order by table_name", [schema]
    ).fetchall()
    for (table,) in tables:
        if connection.execute(f"select count(*) from {schema}.{table}").fetchall()[0][0]:
            connection.execute(
                f"copy (select * exclude (row) from {schema}.{table} order by row) "
                f"to {literal(folder / f'{table}.csv')} (header)"
            )
    return folder
