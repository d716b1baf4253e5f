"""A delivery as rows of text in schema ``text``, where a fault can spoil any value, and back into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.warehouse import literal
from tests.gates.catalogue import text_columns

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


def read_text(connection: Connection, folder: Path) -> tuple[str, ...]:
    """The tables of the delivery in ``folder``, each now in schema ``text`` with the number of each row as ``row``."""
    connection.execute("create schema if not exists text")
    tables = tuple(sorted(path.stem for path in folder.glob("*.csv")))
    for table in tables:
        source = f"read_csv({literal(folder / f'{table}.csv')}, all_varchar = true, header = true)"
        columns = [name for name, *_ in connection.execute(f"describe select * from {source}").fetchall()]
        connection.execute(
            f"create or replace table text.{table} as select {text_columns(columns)}, row_number() over () as row "
            f"from {source}"
        )
    return tables


def write_text(connection: Connection, folder: Path, *, schema: str = "text") -> Path:
    """``folder`` with the tables of ``schema`` as extracts, rows in their order."""
    folder.mkdir(parents=True)
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? order by table_name", [schema]
    ).fetchall()
    for (table,) in tables:
        connection.execute(
            f"copy (select * exclude (row) from {schema}.{table} order by row) "
            f"to {literal(folder / f'{table}.csv')} (header)"
        )
    return folder
