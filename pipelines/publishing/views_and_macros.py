"""What makes the published file answer questions: its views and macros, and the copy of its tables as Parquet."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import StimauditError
from pipelines.ground.files import file_sha256
from pipelines.ground.sealed_json import sealed_text
from pipelines.ground.warehouse import identifier, in_reading_order, literal, open_scratch, parquet_format, tables_read
from pipelines.rule.models import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


PARQUET_FOLDER = "parquet"
PARQUET_MANIFEST = "manifest.json"

MACRO_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "flags_as_of": ("moment_utc",),
    "diff_runs": ("first_run_id", "second_run_id"),
}
"""The table macros of ``sql/audit/published/macros`` with their parameters, which their queries name."""


def published_folder(sql: Path) -> Path:
    """Where the models of what only the published file holds stand; the path says the table, for it makes ``audit``."""
    return sql / "audit" / PUBLISHED


def read_texts(sql: Path, name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The column names and the rows of ``sql/audit/published/<name>.csv``."""
    with (published_folder(sql) / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return tuple(header), [tuple(row) for row in rows]


def view_paths(sql: Path) -> dict[str, Path]:
    """The views of the published file that stand in ``sql/audit/published/views``, by name."""
    return {path.stem: path for path in sorted((published_folder(sql) / "views").glob("*.sql"))}


def macro_paths(sql: Path) -> dict[str, Path]:
    """The table macros of the published file, by name. Raises ``StimauditError`` where a macro has no parameters."""
    paths = {path.stem: path for path in sorted((published_folder(sql) / "macros").glob("*.sql"))}
    if paths.keys() != MACRO_PARAMETERS.keys():
        message = f"The macros in {published_folder(sql) / 'macros'} are not those the program knows: {list(paths)}."
        raise StimauditError(message)
    return paths


def create_views_and_macros(connection: Connection, sql: Path) -> None:
    """Makes the views, each after those it reads, and the macros, in the schema in use.

    Views name their tables without a schema, because some clients would take ``audit.`` for the name of the file; a
    macro is read where it is called, so its tables need theirs.
    """
    queries = {name: path.read_text(encoding="utf-8") for name, path in view_paths(sql).items()}
    with open_scratch() as parser:
        reads = {name: tables_read(parser, query) for name, query in queries.items()}
    for name in in_reading_order(reads):
        connection.execute(f"create view {identifier(name)} as {queries[name]}")
    for name, path in macro_paths(sql).items():
        parameters = ", ".join(MACRO_PARAMETERS[name])
        query = path.read_text(encoding="utf-8")
        connection.execute(f"create macro {identifier(name)}({parameters}) as table {query}")


def comment_macros(connection: Connection, comments: Mapping[str, str], *, schema: str) -> None:
    """Explains each macro in ``schema``."""
    for name, comment in comments.items():
        connection.execute(f"comment on macro table {schema}.{identifier(name)} is {literal(comment)}")


def write_parquet_copy(connection: Connection, folder: Path, *, run_id: str) -> tuple[Path, ...]:
    """A Parquet file a table of the published file, and their manifest: digest, rows, and dollars where there are any.

    The manifest comes last.

    ``connection`` has the finished file open. Rows stand as they do in the file, so the same audit gives the same
    bytes.
    """
    folder.mkdir(parents=True)
    files: list[dict[str, Any]] = []
    tables = connection.execute(
        "select table_name, bool_or(column_name = 'paid_amount') from duckdb_columns() where schema_name = 'audit' "
        "and table_name in (select table_name from duckdb_tables() where schema_name = 'audit') "
        "group by table_name order by table_name"
    ).fetchall()
    for table, has_dollars in tables:
        path = folder / f"{table}.parquet"
        connection.execute(f"copy {identifier(table)} to {literal(path)} {parquet_format('compression zstd')}")
        dollars = "coalesce(sum(paid_amount), 0)" if has_dollars else "null"
        rows, paid = connection.execute(f"select count(*), {dollars} from {identifier(table)}").fetchall()[0]
        files.append(
            {
                "name": path.name,
                "bytes": path.stat().st_size,
                "sha256": file_sha256(path),
                "rows": rows,
                "paid_amount": None if paid is None else f"{Decimal(paid):.2f}",
            }
        )
    manifest = folder / PARQUET_MANIFEST
    manifest.write_text(sealed_text({"run_id": run_id, "files": files}), encoding="utf-8")
    return (*(folder / file["name"] for file in files), manifest)
