"""A bench for one model: its tables given as text, the one query or transform run on them in a real DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import TYPE_CHECKING

from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import identifier, literal, open_scratch, open_warehouse, tables_read
from pipelines.publishing.views_and_macros import MACRO_PARAMETERS
from pipelines.rule.models import TRANSFORMS, build, read_models
from pipelines.rule.narrow import write_vocabulary
from tests.support.nights import delivery, eligible, implant, night
from tests.support.places import ROOT
from tests.support.text_tables import read_text_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.ground.warehouse import Connection

SQL = ROOT / "sql"
SCHEMAS_OF_MODELS = ("kept", "staging", "intermediate", "audit", "history")
"""The schemas whose models ``read_models`` finds by the table's name; every other query is found by its file's."""

PUBLISHED_SCHEMA = "audit"
DEFAULT_POLICY = "policies.default_policy"
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
OPEN_ENDS = {
    "effective_start": FIRST_DAY,
    "effective_end": LAST_DAY,
    "effective_from": FIRST_DAY,
    "effective_to": LAST_DAY,
}
"""What the ends of a code's or policy's validity are where a test does not give them: open."""

FILLED_ENDS = {
    "effective_start": "first_valid_date",
    "effective_end": "last_valid_date",
    "effective_from": "first_valid_date",
    "effective_to": "last_valid_date",
}
"""The column that holds an end of a validity with open ends filled, in tables that have it, by what a test calls it."""

CLOSED_WORDS = "vocabulary.word"
"""The list of closed words, which is the same in every run and so is never given."""

Given = dict[str, str]
"""Tables as text, by ``schema.table``; text without a line is an empty table."""

RunModel = Callable[[str, "Given"], "Made"]
RunMacro = Callable[[str, str, "Given"], "Made"]

Columns = dict[str, dict[str, str]]
"""The type of each column of each table, by ``schema.table`` and column."""


@dataclass(frozen=True)
class Made:
    """The rows that a model made, every cell as DuckDB writes it; none stands for a missing value."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str | None, ...], ...]

    def in_order(self, *columns: str) -> list[tuple[str | None, ...]]:
        """These columns of each row, in the order of the model."""
        places = [self.columns.index(column) for column in columns]
        return [tuple(row[place] for place in places) for row in self.cells]

    def rows(self, *columns: str) -> list[tuple[str | None, ...]]:
        """These columns of each row, sorted; missing values first."""
        return sorted(self.in_order(*columns), key=lambda row: [(cell is not None, cell or "") for cell in row])

    def column(self, name: str) -> list[str | None]:
        """One column, sorted; missing values first."""
        return [cell for (cell,) in self.rows(name)]

    def row(self, *columns: str) -> tuple[str | None, ...]:
        """These columns of the only row."""
        [only] = self.in_order(*columns)
        return only


@dataclass(frozen=True)
class Bench:
    """A database with every table that a query may read, without rows; queries by name; the types of the columns."""

    connection: Connection
    queries: Mapping[str, str]
    columns: Columns

    def model(self, name: str, given: Given) -> Made:
        """The rows of the table ``name`` made from the tables ``given``; these must be exactly those it reads."""
        return self._run(self.queries[name], given)

    def published(self, name: str, given: Given) -> Made:
        """The rows of the published table or view ``name`` made from the tables ``given``."""
        return self._run(self.queries[name], given)

    def macro(self, name: str, arguments: str, given: Given) -> Made:
        """The rows that the published macro ``name`` gives for ``arguments`` from the tables ``given``."""
        query = self.queries[name]
        parameters = ", ".join(MACRO_PARAMETERS[name])
        made = f"create temp macro called({parameters}) as table {query}"
        return self._run(f"select * from called({arguments})", given, reading=query, before=made)

    def transform(self, name: str, given: Given) -> Made:
        """The rows of the table ``intermediate.<name>``, made by polars from the tables ``given``."""
        [function] = [transform for transform in TRANSFORMS if transform.__name__ == name]
        parameters = signature(function).parameters.values()
        reads = {
            f"intermediate.{parameter.name}"
            for parameter in parameters
            if parameter.kind is Parameter.POSITIONAL_OR_KEYWORD
        }
        if any(parameter.kind is Parameter.KEYWORD_ONLY for parameter in parameters):
            reads.add(DEFAULT_POLICY)
        else:
            # The one row is there in every run, also for a transform that asks nothing of it.
            given, reads = given | {DEFAULT_POLICY: "policy_id\nany"}, reads | {DEFAULT_POLICY}
        self.connection.begin()
        try:
            self._give(given, reads)
            build(self.connection, [], [function])
            return self._made(f"from intermediate.{name}")
        finally:
            self.connection.rollback()

    def _run(self, query: str, given: Given, *, reading: str | None = None, before: str | None = None) -> Made:
        self.connection.begin()
        try:
            self._give(given, {_qualified(table) for table in tables_read(self.connection, reading or query)})
            self.connection.execute(f"use {PUBLISHED_SCHEMA}")
            if before:
                self.connection.execute(before)
            return self._made(query)
        finally:
            self.connection.rollback()
            self.connection.execute("use main")

    def _give(self, given: Given, reads: set[str]) -> None:
        asked = reads - {CLOSED_WORDS}
        assert set(given) == asked, f"Given are {sorted(given)}, but the query reads {sorted(asked)}."
        if CLOSED_WORDS in reads:
            write_vocabulary(self.connection)
        for table, text in given.items():
            self._put(table, text)

    def _put(self, table: str, text: str) -> None:
        types = self.columns[table]
        written = read_text_table(text)
        known = set(types) | {end for end, filled in FILLED_ENDS.items() if filled in types}
        assert set(written.columns) <= known, f"{table} has no column {set(written.columns) - known}."
        rows = [
            _unsaid(table, types, number) | _filled(types, dict(zip(written.columns, cells, strict=True)))
            for number, cells in enumerate(written.rows, start=1)
        ]
        if rows:
            names = ", ".join(identifier(column) for column in rows[0])
            values = ", ".join(
                f"({', '.join(_cell(cell, types[column]) for column, cell in row.items())})" for row in rows
            )
            self.connection.execute(f"insert into {table} ({names}) values {values}")

    def _made(self, query: str) -> Made:
        # A table first: it keeps the order of the query, a subquery need not.
        self.connection.execute(f"create temp table made as {query}")
        columns = tuple(column[0] for column in self.connection.execute("from made limit 0").description or ())
        listed = ", ".join(f"cast({identifier(column)} as varchar)" for column in columns)
        return Made(columns, tuple(self.connection.execute(f"select {listed} from made").fetchall()))


def _cell(cell: str | None, kind: str) -> str:
    return "null" if cell is None else f"cast({literal(cell)} as {kind})"


def _unsaid(table: str, types: Mapping[str, str], number: int) -> dict[str, str | None]:
    """What a row of a value set or policy holds where the test does not say: open ends, and its place in the set."""
    schema = table.split(".", maxsplit=1)[0]
    unsaid: dict[str, str | None] = {}
    if schema in {"value_sets", "policies"}:
        ends = OPEN_ENDS | {filled: OPEN_ENDS[end] for end, filled in FILLED_ENDS.items()}
        unsaid |= {end: day for end, day in ends.items() if end in types}
    if schema == "value_sets":
        unsaid["row_number"] = str(number)
    return unsaid


def _filled(types: Mapping[str, str], row: dict[str, str | None]) -> dict[str, str | None]:
    """``row`` of the columns that its table has, its ends also where the table keeps them filled."""
    filled = {FILLED_ENDS[end]: day or OPEN_ENDS[end] for end, day in row.items() if end in FILLED_ENDS}
    return {column: cell for column, cell in (row | filled).items() if column in types}


def _qualified(table: str) -> str:
    """The name of a table with its schema; views and macros of the published file may leave theirs out."""
    return table if "." in table else f"{PUBLISHED_SCHEMA}.{table}"


def open_bench(folder: Path) -> Bench:
    """A bench for every query below ``sql``; a real night in ``folder`` says which columns its tables have."""
    connection, columns = open_scratch(), columns_of_a_night(folder)
    columns |= {
        f"{PUBLISHED_SCHEMA}.delivered_{table.removeprefix('landed.')}": types
        for table, types in columns.items()
        if table.startswith("landed.")
    }
    make_tables(connection, columns)
    return Bench(connection, read_queries(SQL), columns)


def make_tables(connection: Connection, columns: Columns) -> None:
    """Makes every table without rows, once for all tests; each test fills its own and takes its rows back."""
    for schema in sorted({table.split(".")[0] for table in columns}):
        connection.execute(f"create schema {schema}")
    for table, types in columns.items():
        definition = ", ".join(f"{identifier(column)} {kind}" for column, kind in types.items())
        connection.execute(f"create table {table} ({definition})")


def read_queries(sql: Path) -> dict[str, str]:
    """The query of every model by its table, and of every other SQL file below ``sql`` by the file's name."""
    models = {model.name: model.query for model in read_models(sql, SCHEMAS_OF_MODELS)}
    others = {
        path.stem: query
        for path in sorted(sql.rglob("*.sql"))
        if (query := path.read_text(encoding="utf-8")) not in set(models.values())
    }
    return models | others


def columns_of_a_night(folder: Path) -> Columns:
    """The columns of every table that a night leaves in its working file and publishes, with their types."""
    out = folder / "out"
    night(out, 1, delivery(implant("A1", "ada", "2026-01-20"), {"A1": "M5450"}, eligibility=eligible("ada")))
    with open_warehouse(out / "work" / "run.duckdb") as working, open_published(out / "published") as published:
        return _columns(working) | _columns(published)


def _columns(connection: Connection) -> Columns:
    found: Columns = {}
    for table, column, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_catalog() order by all"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found
