"""The door to DuckDB: the only module that imports it.

Every connection opens with bounded memory, no extension downloads and no home-folder state,
so that a run behaves the same on a laptop, in CI and under a scheduler.
"""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Connection = duckdb.DuckDBPyConnection
WarehouseError = duckdb.Error

MEMORY_LIMIT = "1GB"
PLAIN_TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*|[-+*/<>=~!@%^&|.,;()\[\]{}:]+")


def open_warehouse(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
    temp_directory: Path | None = None,
) -> Connection:
    """A connection to the DuckDB file at ``path``, or to a new database in memory.

    ``memory_limit`` bounds DuckDB's buffers, not the whole process. Spill files go to
    ``temp_directory`` (by default beside ``path``); nothing is ever downloaded.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        config["threads"] = threads
    if temp_directory is not None:
        config["temp_directory"] = str(temp_directory)
    return duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)


def literal(text: object) -> str:
    """``text`` as a SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def tables_read(connection: Connection, query: str) -> set[str]:
    """The ``schema.table`` names that ``query`` reads, without the aliases it gives them."""
    return {name.split(" AS ")[0].replace('"', "") for name in connection.get_table_names(query, qualified=True)}


def masked_query(query: str) -> str:
    """``query`` without its literals, quoted names and comments, which may hold anything."""
    content = query.encode()
    tokens = duckdb.tokenize(query)
    ends = [start for start, _ in tokens[1:]] + [len(content)]
    values = {duckdb.token_type.string_const, duckdb.token_type.numeric_const}
    kept: list[str] = []
    for (start, kind), end in zip(tokens, ends, strict=True):
        # A comment is no token: it stands after one, up to the next.
        plain = PLAIN_TOKEN.match(content[start:end].decode(errors="replace"))
        if kind != duckdb.token_type.comment:
            kept.append(plain[0] if plain and kind not in values else "?")
    return " ".join(kept)


def in_reading_order(reads: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of ``reads`` so that each comes after those it reads; ties by name.

    ``reads`` maps a table to the tables it reads; tables that are not keys are inputs.
    Raises ``ValueError`` naming the tables of a cycle.
    """
    sorter = TopologicalSorter(
        {name: sorted(other for other in others if other in reads) for name, others in reads.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        message = f"These tables read each other in a ring: {', '.join(error.args[1])}."
        raise ValueError(message) from error
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order.extend(ready)
        sorter.done(*ready)
    return order
