"""The door to DuckDB: the only module that imports it.

Every connection opens with bounded memory, no extension downloads and no home-folder state,
so that a run behaves the same on a laptop, in CI and under a scheduler. No value of Python is bound to a statement: for
one, DuckDB imports pandas, NumPy and pyarrow, a second and 80 MB (``asked``, ``value``). Where the process uses a key
(``pipelines.ground.encryption``), databases, Parquet files and spill files are encrypted here and nowhere else.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING

import duckdb

from pipelines.ground.encryption import check_key_state, key_in_use, missing_key, needless_key, wrong_key
from pipelines.ground.errors import StimauditError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from pipelines.ground.encryption import Key


Connection = duckdb.DuckDBPyConnection
WarehouseError = duckdb.Error

MEMORY_LIMIT = "1GB"
THREADS: int | None = None
"""How many threads a connection uses that is not told; none: one a core."""
PLAIN_TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*|[-+*/<>=~!@%^&|.,;()\[\]{}:]+")
SIGNS = re.compile(r"[^A-Za-z0-9_$]+")

# What DuckDB encrypts with. Its own library only reads; the extension comes from its package, never from the network.
CIPHER_EXTENSION, CIPHER_PACKAGE = "httpfs", "duckdb-extension-httpfs"
ENCRYPTED_STORAGE_VERSION = "v1.4.0"
"""The oldest form of a database file that can be encrypted."""
PARQUET_KEY = "stimaudit"
"""The name of the key within a connection; the files do not hold it."""
ENCRYPTED_PARQUET = b"PARE"
MISSING_KEY, NEEDLESS_KEY = "without a key", "is not encrypted"
WRONG_KEY = re.compile(r"Wrong encryption key|AES tag differs")


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
    ``temp_directory`` (by default beside ``path``); nothing is ever downloaded. With a key in use the file and what
    spills are encrypted, and the connection reads and writes encrypted Parquet. Raises ``KeyFaultError`` where file and
    key do not go together.
    """
    key = key_in_use()
    if key is not None:
        beside = path.with_name(f"{path.name}.tmp") if path else None
        connection = _connect(":memory:", memory_limit, threads=threads, temp_directory=temp_directory or beside)
        try:
            _prepare_cipher(connection, key)
            if path is not None:
                name = path.resolve().stem
                _attach_encrypted(connection, path, name, key, read_only=read_only)
                connection.execute(f"use {identifier(name)}")
                connection.execute("detach memory")
        except BaseException:
            connection.close()
            raise
        return connection
    try:
        return _connect(
            str(path) if path else ":memory:",
            memory_limit,
            threads=threads,
            temp_directory=temp_directory,
            read_only=read_only,
        )
    except duckdb.CatalogException as error:
        if path is not None and MISSING_KEY in str(error):
            raise missing_key(path) from None
        raise


def open_scratch() -> Connection:
    """A connection to a new database in memory that holds little and no member data, and so needs no key."""
    return _connect(":memory:", MEMORY_LIMIT, threads=1)


def _connect(
    database: str,
    memory_limit: str,
    *,
    threads: int | None = None,
    temp_directory: Path | None = None,
    read_only: bool = False,
) -> Connection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if (wanted := threads or THREADS) is not None:
        config["threads"] = wanted
    if temp_directory is not None:
        config["temp_directory"] = str(temp_directory)
    return duckdb.connect(database, read_only=read_only, config=config)


def _prepare_cipher(connection: Connection, key: Key) -> None:
    """Loads what DuckDB encrypts with, and hands it the key for Parquet; spill files get a key of their own."""
    try:
        [extension] = [
            file.locate()
            for file in distribution(CIPHER_PACKAGE).files or ()
            if file.name == f"{CIPHER_EXTENSION}.duckdb_extension"
        ]
        connection.execute(f"load {literal(extension)}")
    except (PackageNotFoundError, ValueError, duckdb.Error):
        message = (
            f"DuckDB's extension {CIPHER_EXTENSION}, which it encrypts with, cannot be loaded from the package "
            f"{CIPHER_PACKAGE}. Make the environment again (`make demo` installs what is locked)."
        )
        raise StimauditError(message) from None
    connection.execute("set temp_file_encryption = true")
    connection.execute(f"pragma add_parquet_key({literal(PARQUET_KEY)}, {literal(key.reveal())})")


def attach_new(connection: Connection, path: Path, name: str, *, storage_version: str) -> None:
    """Attaches a new database file as ``name``, in the form of ``storage_version``, or in that of encrypted files."""
    key = key_in_use()
    if key is None:
        connection.execute(f"attach {literal(path)} as {identifier(name)} (storage_version {literal(storage_version)})")
    else:
        _attach_encrypted(connection, path, name, key, read_only=False)


def _attach_encrypted(connection: Connection, path: Path, name: str, key: Key, *, read_only: bool) -> None:
    form = "read_only" if read_only else f"storage_version {literal(ENCRYPTED_STORAGE_VERSION)}"
    try:
        connection.execute(
            f"attach {literal(path)} as {identifier(name)} (encryption_key {literal(key.reveal())}, {form})"
        )
    except duckdb.Error as error:
        if NEEDLESS_KEY in str(error):
            raise needless_key(path) from None
        if WRONG_KEY.search(str(error)):
            raise wrong_key(path) from None
        raise type(error)(_without(str(error), key)) from None


def _without(text: str, key: Key) -> str:
    return text.replace(key.reveal(), "...")


def read_parquet(paths: Iterable[Path], *options: str) -> str:
    """The relation that reads our own Parquet files ``paths``, with DuckDB's ``options``, in any of our connections."""
    listed = ", ".join(literal(path) for path in paths)
    return f"read_parquet({', '.join([f'[{listed}]', *options, *_parquet_encryption(' = ')])})"


def parquet_format(*options: str) -> str:
    """The options in brackets with which `copy ... to` writes a Parquet file of ours."""
    return f"({', '.join(['format parquet', *options, *_parquet_encryption(' ')])})"


def _parquet_encryption(assigned: str) -> tuple[str, ...]:
    if key_in_use() is None:
        return ()
    return (f"encryption_config{assigned}{{footer_key: {literal(PARQUET_KEY)}}}",)


def check_parquet_key(path: Path) -> None:
    """Nothing where the key in use opens the Parquet file ``path``, or none is in use and none is needed.

    Raises ``KeyFaultError`` otherwise. Reads the first bytes, and with a key the footer.
    """
    with path.open("rb") as content:
        check_key_state(path, is_encrypted=content.read(len(ENCRYPTED_PARQUET)) == ENCRYPTED_PARQUET)
    if key_in_use() is None:
        return
    try:
        with open_warehouse() as connection:
            connection.execute(f"describe from {read_parquet([path])}").fetchall()
    except duckdb.Error:
        raise wrong_key(path) from None


def literal(text: object) -> str:
    """``text`` as a SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def value(cell: object) -> str:
    """``cell`` as a SQL constant: nothing, yes or no, a number, a text, a date, a time in UTC, a list."""
    match cell:
        case None:
            written = "null"
        case bool() | int() | Decimal():
            written = str(cell).lower()
        case float():
            written = f"{literal(cell)}::double"
        case datetime():
            written = f"timestamp {literal(cell)}"
        case date():
            written = f"date {literal(cell)}"
        case str():
            written = literal(cell)
        case list() | tuple():
            written = f"[{', '.join(map(value, cell))}]"
        case _:
            message = f"{type(cell).__name__} has no form as a SQL constant."
            raise TypeError(message)
    return written


def asked(connection: Connection, query: str, values: Mapping[str, object]) -> Connection:
    """The connection with the rows of ``query``, in which ``$name`` stands for the value of that name."""
    connection.execute(f"prepare asked as {query}")
    given = ", ".join(f"{identifier(name)} := {value(cell)}" for name, cell in values.items())
    return connection.execute(f"execute asked({given})" if given else "execute asked")


def identifier(name: str) -> str:
    """``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def tables_read(connection: Connection, query: str) -> set[str]:
    """The ``schema.table`` names that ``query`` reads, without the aliases it gives them."""
    return {name.split(" AS ")[0].replace('"', "") for name in connection.get_table_names(query, qualified=True)}


def masked_query(query: str, known: Container[str]) -> str:
    """``query`` with a mark for its literals, quoted names, comments and every name that is not ``known`` (lower case).

    What is left are the keywords and signs of the language and names of ours.
    """
    content = query.encode()
    tokens = duckdb.tokenize(query)
    ends = [start for start, _ in tokens[1:]] + [len(content)]
    values = {duckdb.token_type.string_const, duckdb.token_type.numeric_const}
    kept: list[str] = []
    for (start, kind), end in zip(tokens, ends, strict=True):
        # A comment is no token: it stands after one, up to the next.
        plain = PLAIN_TOKEN.match(content[start:end].decode(errors="replace"))
        if kind == duckdb.token_type.comment:
            continue
        is_word = plain is not None and not SIGNS.fullmatch(plain[0])
        is_ours = kind == duckdb.token_type.keyword or (plain is not None and plain[0].lower() in known)
        kept.append(plain[0] if plain and kind not in values and (not is_word or is_ours) else "?")
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


def put_frame(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    """Makes ``table`` of the rows of ``frame``, in their order, in place of what it was; makes its schema, too."""
    connection.execute(f"create schema if not exists {table.split('.', maxsplit=1)[0]}")
    connection.register("frame_rows", frame.to_arrow())
    connection.execute(f"create or replace table {table} as select * from frame_rows")
    connection.unregister("frame_rows")


def make_table(
    connection: Connection,
    types: Mapping[str, str],
    table: str,
    names: Sequence[str],
    rows: Iterable[tuple[object, ...]],
) -> None:
    """Makes ``table`` with the columns ``names``, of the types given by name, and puts ``rows`` in.

    What was there under that name is gone.
    """
    definition = ", ".join(f"{identifier(name)} {types[name]}" for name in names)
    connection.execute(f"create or replace table {table} ({definition})")
    insert_rows(connection, table, list(rows))


def insert_rows(connection: Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Inserts all rows in one statement; one statement a row takes milliseconds each."""
    if rows:
        given = ", ".join(f"({', '.join(map(value, row))})" for row in rows)
        connection.execute(f"insert into {table} values {given}")


def one_number(connection: Connection, query: str) -> int:
    """The one whole number that ``query`` gives."""
    return int(connection.execute(query).fetchall()[0][0])


def one_column(connection: Connection, query: str) -> list[str]:
    """The first column of what ``query`` gives, as texts, in its order."""
    return [str(row[0]) for row in connection.execute(query).fetchall()]
