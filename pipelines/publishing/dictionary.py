"""What every published table and column means: the comments in the file, and ``audit.dictionary``."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.errors import StimauditError
from pipelines.ground.warehouse import identifier, insert_rows, literal, make_table, one_column, one_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


DICTIONARY_COLUMNS = (
    "table_name",
    "column_name",
    "column_position",
    "data_type",
    "meaning",
    "unit_or_code_system",
    "sensitivity",
)


class ColumnMeaning(NamedTuple):
    """One line of ``sql/columns.csv``: what a column of this name means, everywhere."""

    column_name: str
    type: str
    meaning: str
    unit_or_code_system: str
    sensitivity: str


def read_columns(path: Path) -> dict[str, ColumnMeaning]:
    """The lines of ``sql/columns.csv`` by column name."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {line["column_name"]: ColumnMeaning(**line) for line in csv.DictReader(lines)}


def model_comment(path: Path) -> str:
    """The first line of a SQL model's header: the grain of its table."""
    with path.open(encoding="utf-8") as lines:
        return lines.readline().removeprefix("--").strip()


def model_query(path: Path) -> str:
    """The select of a model, as a part of a larger statement."""
    return path.read_text(encoding="utf-8").strip().removesuffix(";")


def table_comments(sql: Path, copied: Sequence[str], models: Mapping[str, Path]) -> dict[str, str]:
    """The comment of each table: the first line of the model that makes it."""
    made_by = {table: sql / "audit" / f"{table}.sql" for table in copied} | dict(models)
    if strays := sorted(table for table, path in made_by.items() if not path.is_file()):
        message = f"No model in sql/audit explains {', '.join(strays)}, so nothing was published. Add its file."
        raise StimauditError(message)
    return {table: model_comment(path) for table, path in made_by.items()}


def add_dictionary(
    connection: Connection, columns: Mapping[str, ColumnMeaning], comments: Mapping[str, str], model: Path
) -> None:
    """Adds ``audit.dictionary``, which also explains itself."""
    types = {name: column.type for name, column in columns.items()}
    make_table(connection, types, "run_facts.published_column", DICTIONARY_COLUMNS, [])
    connection.execute(f"create table published.audit.dictionary as from ({model_query(model)})")
    found = connection.execute(
        "select table_name, column_name, column_index, data_type from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'audit'"
    ).fetchall()
    if unknown := sorted({f"{table}.{name}" for table, name, _, _ in found if name not in columns}):
        message = (
            f"sql/columns.csv does not explain {', '.join(unknown)}, so nothing was published. "
            "Add a line for each name: a column nobody explained may not be shown."
        )
        raise StimauditError(message)
    rows = [(table, "", 0, "", comments[table], "", "") for table in sorted({row[0] for row in found})]
    rows += [
        (
            table,
            name,
            index,
            data_type,
            columns[name].meaning,
            columns[name].unit_or_code_system,
            columns[name].sensitivity,
        )
        for table, name, index, data_type in found
    ]
    insert_rows(connection, "run_facts.published_column", rows)
    connection.execute(
        f"insert into published.audit.dictionary from ({model_query(model)}) order by table_name, column_position"
    )


def add_comments(connection: Connection, columns: Mapping[str, ColumnMeaning], comments: Mapping[str, str]) -> None:
    """Comments on every table and column; applied last, because remaking a view wipes them.

    All in one call: one each takes a third longer.
    """
    views = set(one_column(connection, "select view_name from duckdb_views() where database_name = 'published'"))
    statements = [
        f"comment on {'view' if table in views else 'table'} published.audit.{identifier(table)} is {literal(comment)}"
        for table, comment in comments.items()
    ]
    for table, name in connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'audit'"
    ).fetchall():
        column = columns[name]
        unit = f" ({column.unit_or_code_system})" if column.unit_or_code_system else ""
        statements.append(
            f"comment on column published.audit.{identifier(table)}.{identifier(name)} "
            f"is {literal(column.meaning + unit)}"
        )
    connection.execute("; ".join(statements))


def check_explained(connection: Connection) -> None:
    """Reads every table of the finished file, and refuses it where something has no comment."""
    for table in one_column(
        connection,
        "select table_name from duckdb_tables() where schema_name = 'audit' "
        "union all select view_name from duckdb_views() where schema_name = 'audit'",
    ):
        connection.execute(f"from {identifier(table)} limit 1").fetchall()
    bare = one_number(
        connection,
        "select (select count(*) from duckdb_columns() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_tables() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_views() where schema_name = 'audit' and comment is null)"
        " + (select count(*) from duckdb_functions() where schema_name = 'audit' and comment is null)",
    )
    if bare:
        message = f"{bare} tables or columns of the new audit file are not explained, so it is not published."
        raise StimauditError(message)
