"""The ledger: what was delivered, what became of it, and the landed history as tables.

A delivery exists when its manifest does: landing writes it last, by rename. Parquet files that no
manifest names are the remains of a run that was killed, and nobody reads them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal

from pipelines.ground.errors import IntegrityError, KeyFaultError
from pipelines.ground.files import commit_file, file_sha256, json_text, partial_path, read_file
from pipelines.ground.formats import LEDGER, check_form
from pipelines.ground.records import RecordError, judge_json, record
from pipelines.ground.warehouse import check_parquet_key, identifier, insert_rows, literal, read_parquet
from pipelines.intake.extracts import read_extract_tables, read_value_remarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.intake.extracts import ExtractTable


Fate = Literal["landed", "already_landed", "not_an_extract"]

IdNamespace = Literal["data_source", "payer", "shared"]
DeliveryKind = Literal["changes", "full"]

MANIFEST_FORMAT = LEDGER
EXTRA_COLUMNS: dict[str, str] = {
    "row_warnings": "VARCHAR",
    "delivery_number": "INTEGER",
    "file_number": "INTEGER",
    "source_row": "BIGINT",
}
"""What every landed table has after its own columns."""
ROW_DATES = ("claim_line_start_date", "dispensing_date", "decision_date", "document_date")
"""The columns that date a row of a table."""
PROCEDURE_CODE = re.compile(r"hcpcs_code|procedure_code(_[0-9]+)?")
"""The columns that may hold the code of an implantation."""
ROW_NUMBERS = "file_row_number = true"
"""What our Parquet files are read with where the place of a row in its file is asked."""


@record
@dataclass(frozen=True)
class RepairedValue:
    """How many loaded rows of a file have a value in one column that was mended, blanked or is doubtful by a rule."""

    column_name: str
    rule: str
    row_count: int


@record
@dataclass(frozen=True)
class DeliveredFile:
    """What became of one delivered file in one table; a file of no table stands once.

    ``row_count`` = ``loaded_count`` + ``repeat_count`` + ``rejected_count``, in rows of the table.
    ``source_row_count`` counts the file's own records: a layout may make several rows of one.
    ``columns`` are the canonical columns that the file supplied; ``parquet_bytes`` the size of what was landed
    and ``parquet_sha256`` its digest (none in manifests of older versions). ``row_hash_sum`` sums the hashes of all
    rows over all known columns, and why a row was set aside or mended: with their count what names a run
    (decision 0135).
    ``repaired_values`` count by column and rule what was mended or is doubtful in them (none in older manifests).
    ``blank_columns`` are those of ``columns`` without a single value in a large file: they were delivered, and not
    written.
    """

    file_number: int
    file_name: str
    table_name: str | None
    layout: str | None
    bytes: int
    sha256: str | None
    source_row_count: int
    row_count: int
    loaded_count: int
    repeat_count: int
    rejected_count: int
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    has_source_row: bool
    parquet_bytes: int
    fate: Fate
    parquet_sha256: str | None = None
    row_hash_sum: int = 0
    repaired_values: tuple[RepairedValue, ...] = ()
    blank_columns: tuple[str, ...] = ()

    @property
    def written_columns(self) -> tuple[str, ...]:
        """The canonical columns that the landed file has."""
        return tuple(name for name in self.columns if name not in self.blank_columns)


@dataclass(frozen=True)
class Delivery:
    """One landed delivery: its number, the run date it was judged by (ISO), its files in order.

    A delivery of the kind ``full`` is all of the service days from ``covers_from`` to ``covers_to`` (ISO, both in).
    ``id_namespace`` is what was said of its identifiers: the column that qualifies them, or that all share them.
    """

    delivery_number: int
    as_of: str
    files: tuple[DeliveredFile, ...]
    delivery_kind: DeliveryKind = "changes"
    covers_from: str | None = None
    covers_to: str | None = None
    id_namespace: IdNamespace | None = None


@record
@dataclass(frozen=True)
class _Manifest(Delivery):
    """A delivery as its manifest tells it."""

    format: int = MANIFEST_FORMAT


@record
@dataclass(frozen=True)
class _Form:
    """What a manifest says of its own form."""

    format: int = MANIFEST_FORMAT


def parquet_path(landed: Path, table_name: str, delivery_number: int, file_number: int) -> Path:
    """Where the rows of one (delivered file, table) lie."""
    return landed / table_name / f"{delivery_number:06d}-{file_number:04d}.parquet"


def manifest_path(landed: Path, delivery_number: int) -> Path:
    """Where the manifest of one delivery lies."""
    return landed / "deliveries" / f"{delivery_number:06d}.json"


def read_ledger(landed: Path) -> tuple[Delivery, ...]:
    """The landed deliveries, oldest first; empty when nothing was landed.

    Raises ``IntegrityError`` for a manifest that is missing or cannot be read and for a landed file that is not
    there in the size the manifest gives.
    """
    paths = sorted((landed / "deliveries").glob("[0-9]*.json"))
    deliveries = tuple(_read_manifest(path) for path in paths)
    for position, (delivery, path) in enumerate(zip(deliveries, paths, strict=True), start=1):
        if delivery.delivery_number != position or path != manifest_path(landed, position):
            message = (
                f"The ledger {landed / 'deliveries'} has no manifest of delivery {position}: expected one a delivery, "
                "numbered without gaps. Restore the folder from its backup."
            )
            raise IntegrityError(message)
        for file in delivery.files:
            _check_parquet(landed, delivery, file)
    return deliveries


def check_landed(landed: Path) -> int:
    """How many landed files are there to the byte, as their manifests say; reads all of them.

    Every run asks for the sizes alone (``read_ledger``), because the history is never read in full at night. Raises
    ``IntegrityError`` naming every file of another content.
    """
    landed_now = [
        (file, parquet_path(landed, file.table_name or "", number, file.file_number))
        for number, file in landed_files(read_ledger(landed))
    ]
    changed = [str(path) for file, path in landed_now if file.parquet_sha256 not in {None, file_sha256(path)}]
    if changed:
        message = (
            f"Landed files are not what was landed: {', '.join(changed)}. Their content changed on the disk after "
            "landing. Restore them from a backup, or land all deliveries again into a new folder."
        )
        raise IntegrityError(message)
    return len(landed_now)


def check_key(landed: Path) -> None:
    """Nothing where the key in use opens what landed, or where nothing did; reads the footer of the newest file alone.

    Raises ``KeyFaultError`` where the key is missing, needless or another one, ``IntegrityError`` where the file that
    was asked is not what was landed.
    """
    for number, file in landed_files(read_ledger(landed))[-1:]:
        path = parquet_path(landed, file.table_name or "", number, file.file_number)
        try:
            check_parquet_key(path)
        except KeyFaultError:
            check_landed(landed)
            raise


def write_manifest(landed: Path, delivery: Delivery) -> None:
    """Commits a delivery: from here on it is part of the history."""
    path = manifest_path(landed, delivery.delivery_number)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = partial_path(path)
    part.write_text(json_text({"format": MANIFEST_FORMAT, **asdict(delivery)}), encoding="utf-8")
    commit_file(part, path)


def delivered_tables(files: Iterable[DeliveredFile]) -> frozenset[str]:
    """The tables of which at least one file was landed, be it a header alone."""
    return frozenset(file.table_name for file in files if file.table_name and file.fate == "landed")


def supplied_tables(files: Iterable[DeliveredFile]) -> frozenset[str]:
    """The tables of which at least one row was loaded: a header alone, or rows all set aside, say nothing."""
    return delivered_tables(file for file in files if file.row_count > file.rejected_count)


def landed_files(deliveries: Iterable[Delivery]) -> list[tuple[int, DeliveredFile]]:
    """The landed (file, table) pairs with their delivery number, in order."""
    return [
        (delivery.delivery_number, file) for delivery in deliveries for file in delivery.files if file.fate == "landed"
    ]


def attach(connection: Connection, landed: Path) -> None:
    """Makes the schema `landed` in ``connection``: the history as views, the ledger as tables.

    The views read loaded rows only. A span of `landed.eligibility` that covers no day has an end before its
    start: the day before where both are known; a span that ended before 1990 keeps its end and has no start.
    """
    deliveries = read_ledger(landed)
    tables = read_extract_tables()
    landed_now = landed_files(deliveries)
    connection.execute("create schema if not exists landed")
    for table in tables.values():
        files = [(number, file) for number, file in landed_now if file.table_name == table.table_name]
        query = table_query(landed, table, files)
        connection.execute(f"create or replace view landed.{identifier(table.table_name)} as {query}")
    make_rejected_row(connection, landed, landed_now)
    _make_delivered_file(connection, deliveries)
    _make_repaired_value(connection, landed_now)
    make_delivery_table(connection, deliveries)
    supplied = supplied_tables(file for _, file in landed_now)
    feeds = ", ".join(f"({literal(name)}, {str(name in supplied).lower()})" for name in tables)
    connection.execute(
        f"create or replace table landed.feed as select * from (values {feeds}) as feed(table_name, is_supplied)"
    )


def paths_by_shape(
    landed: Path, table_name: str, files: Iterable[tuple[int, DeliveredFile]]
) -> dict[tuple[tuple[str, ...], bool], list[Path]]:
    """The landed files of a table, in order, by what was written: canonical columns, and whether a source row."""
    shapes: dict[tuple[tuple[str, ...], bool], list[Path]] = {}
    for number, file in files:
        path = parquet_path(landed, table_name, number, file.file_number)
        shapes.setdefault((file.written_columns, file.has_source_row), []).append(path)
    return shapes


def table_query(landed: Path, table: ExtractTable, files: Iterable[tuple[int, DeliveredFile]]) -> str:
    """One row per loaded row of ``files``: all columns of ``table``, typed, then the four columns of every table.

    Files of one shape are read together, so that a long history costs one look at one footer.
    """
    branches = []
    for (columns, has_source_row), paths in paths_by_shape(landed, table.table_name, files).items():
        listed = ", ".join(
            identifier(column.column_name)
            if column.column_name in columns
            else f"null::{column.landed_type} as {identifier(column.column_name)}"
            for column in table.columns
        )
        branches.append(
            f"select {listed}, row_warnings, delivery_number, file_number, {_source_row(has_source_row)} "
            f"from {read_parquet(paths, ROW_NUMBERS)} where row_faults is null"
        )
    if not branches:
        types = {column.column_name: column.landed_type for column in table.columns} | EXTRA_COLUMNS
        empty = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in types.items())
        branches.append(f"select {empty} where false")
    return " union all ".join(branches)


def _source_row(has_source_row: bool) -> str:  # noqa: FBT001 - a fact of the file, passed on
    return "source_row" if has_source_row else "file_row_number + 1 as source_row"


def rejected_rows_query(landed: Path, files: Iterable[tuple[int, DeliveredFile]]) -> str:
    """One row per broken rule of a rejected row of ``files``; an empty text when no file has any.

    Whose the row is, its day and its procedure codes stand beside, as far as they could be read.
    """
    return " union all ".join(
        f"select delivery_number, file_number, {literal(file.file_name)} as file_name, "
        f"{literal(file.table_name)} as table_name, {_source_row(file.has_source_row)}, {_whose_row(file)}, "
        "unnest(string_split(row_faults, ';')) as fault "
        f"from {read_parquet([parquet_path(landed, file.table_name or '', number, file.file_number)], ROW_NUMBERS)} "
        "where row_faults is not null"
        for number, file in files
        if file.rejected_count
    )


def _whose_row(file: DeliveredFile) -> str:
    """SQL of the columns by which a set-aside row is found again; what its file lacks is null."""
    held = [name for name in ("member_id", "claim_id", "claim_line_number") if name in file.written_columns]
    own = {name: identifier(name) for name in held}
    dates = [name for name in ROW_DATES if name in file.written_columns]
    codes = [name for name in file.written_columns if PROCEDURE_CODE.fullmatch(name)]
    listed = [f"{own.get(name, 'null::varchar')} as {name}" for name in ("member_id", "claim_id", "claim_line_number")]
    listed.append(f"{dates[0] if dates else 'null::date'} as row_date")
    listed.append(f"[{', '.join(codes)}]::varchar[] as procedure_codes")
    return ", ".join(listed)


def make_rejected_row(connection: Connection, landed: Path, files: Iterable[tuple[int, DeliveredFile]]) -> None:
    """Makes the view `landed.rejected_row`: one row a broken rule of a rejected row of ``files``, with its message."""
    query = _rejected_query(landed, read_extract_tables(), files)
    connection.execute(f"create or replace view landed.rejected_row as {query}")


def _rejected_query(
    landed: Path, tables: Mapping[str, ExtractTable], files: Iterable[tuple[int, DeliveredFile]]
) -> str:
    rows = rejected_rows_query(landed, files) or (
        "select null::integer as delivery_number, null::integer as file_number, null::varchar as file_name, "
        "null::varchar as table_name, null::bigint as source_row, null::varchar as member_id, "
        "null::varchar as claim_id, null::varchar as claim_line_number, null::date as row_date, "
        "null::varchar[] as procedure_codes, null::varchar as fault where false"
    )
    messages = ", ".join(
        f"({literal(table.table_name)}, {literal(f'{column.column_name}:{rule}')}, {literal(column.message(rule))})"
        for table in tables.values()
        for column in table.columns
        for rule in column.rules
    )
    return (
        "select fault.delivery_number, fault.file_number, fault.file_name, fault.table_name, fault.source_row, "
        "split_part(fault.fault, ':', 1) as column_name, split_part(fault.fault, ':', 2) as rule, rule_text.message, "
        "fault.member_id, fault.claim_id, fault.claim_line_number, fault.row_date, fault.procedure_codes "
        f"from ({rows}) as fault left join (values {messages}) as rule_text(table_name, fault, message) "
        "on fault.table_name = rule_text.table_name and fault.fault = rule_text.fault"
    )


def _make_delivered_file(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    types = {
        "delivery_number": "INTEGER",
        "file_number": "INTEGER",
        "file_name": "VARCHAR",
        "table_name": "VARCHAR",
        "layout": "VARCHAR",
        "bytes": "BIGINT",
        "sha256": "VARCHAR",
        "source_row_count": "BIGINT",
        "row_count": "BIGINT",
        "loaded_count": "BIGINT",
        "repeat_count": "BIGINT",
        "rejected_count": "BIGINT",
        "unknown_columns": "VARCHAR[]",
        "fate": "VARCHAR",
    }
    rows = [
        {"delivery_number": delivery.delivery_number}
        | {name: value for name, value in asdict(file).items() if name in types}
        for delivery in deliveries
        for file in delivery.files
    ]
    shape = json.dumps([types])
    connection.execute(
        "create or replace table landed.delivered_file as "
        f"select unnest(from_json({literal(json.dumps(rows))}::json, {literal(shape)}), recursive := true)"
    )


def _make_repaired_value(connection: Connection, landed_now: Iterable[tuple[int, DeliveredFile]]) -> None:
    """One row per delivery, file, table, column and rule: loaded rows with a mended, blanked or doubtful value."""
    remarks = read_value_remarks()
    types = {
        "delivery_number": "INTEGER",
        "file_number": "INTEGER",
        "file_name": "VARCHAR",
        "table_name": "VARCHAR",
        "column_name": "VARCHAR",
        "rule": "VARCHAR",
        "row_count": "BIGINT",
        "total_count": "BIGINT",
        "severity": "VARCHAR",
        "is_failure": "BOOLEAN",
        "description": "VARCHAR",
        "consequence": "VARCHAR",
    }
    rows = [
        {
            "delivery_number": number,
            "file_number": file.file_number,
            "file_name": file.file_name,
            "table_name": file.table_name,
            "total_count": file.row_count - file.rejected_count,
            **asdict(repaired),
            **asdict(remarks[repaired.rule]),
        }
        for number, file in landed_now
        for repaired in file.repaired_values
    ]
    shape = json.dumps([types])
    connection.execute(
        "create or replace table landed.repaired_value as "
        f"select unnest(from_json({literal(json.dumps(rows))}::json, {literal(shape)}), recursive := true)"
    )


def make_delivery_table(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    """Makes `landed.delivery`: one row a delivery, with what was said of it as a whole."""
    connection.execute(
        "create or replace table landed.delivery "
        "(delivery_number INTEGER, delivery_kind VARCHAR, covers_from DATE, covers_to DATE, id_namespace VARCHAR)"
    )
    rows = [
        (
            delivery.delivery_number,
            delivery.delivery_kind,
            delivery.covers_from,
            delivery.covers_to,
            delivery.id_namespace,
        )
        for delivery in deliveries
    ]
    insert_rows(connection, "landed.delivery", rows)


def _read_manifest(path: Path) -> Delivery:
    try:
        content = read_file(path)
        check_form("ledger", path, judge_json(_Form, content, may_hold_more=True).format)
        manifest = judge_json(_Manifest, content)
    except RecordError as error:
        message = (
            f"The manifest {path} cannot be read: expected the JSON that landing wrote, but {error}. Restore it from "
            "its backup."
        )
        raise IntegrityError(message) from None
    return Delivery(**{each.name: getattr(manifest, each.name) for each in fields(Delivery)})


def _check_parquet(landed: Path, delivery: Delivery, file: DeliveredFile) -> None:
    if file.fate != "landed" or file.table_name is None:
        return
    path = parquet_path(landed, file.table_name, delivery.delivery_number, file.file_number)
    size = path.stat().st_size if path.is_file() else None
    if size != file.parquet_bytes:
        state = "is missing" if size is None else f"has {size} bytes"
        message = (
            f"The landed file {path} {state}: expected {file.parquet_bytes} bytes, as its manifest says. Landed "
            "files are never changed: restore it from its backup, or land all deliveries again into a new folder."
        )
        raise IntegrityError(message)


def landed_digest(landed: Path) -> str:
    """A digest of every row that was landed, in hexadecimal, from the manifests alone.

    For each table supplied: how many rows came and the sum of their hashes. It says nothing of files or order,
    so a delivery split, renamed or shuffled has the same digest (decision 0135). A full delivery says what it covers.
    """
    deliveries = read_ledger(landed)
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for _, file in landed_files(deliveries):
        if file.table_name is not None:
            counts[file.table_name] += file.row_count
            sums[file.table_name] += file.row_hash_sum
    totals = [(table, counts[table], str(sums[table])) for table in sorted(counts)]
    totals += [
        (str(each.covers_from), each.delivery_number, str(each.covers_to))
        for each in deliveries
        if each.delivery_kind == "full"
    ]
    return hashlib.sha256(json.dumps(totals).encode()).hexdigest()
