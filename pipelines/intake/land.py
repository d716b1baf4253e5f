"""The first stage: delivered files become typed Parquet and an entry of the ledger.

Each file is looked at as bytes (hash, encoding, quoting, completeness), then read once by DuckDB, which parses,
normalises and judges every row and writes it. Nothing counts until the delivery's manifest is there.

See docs/contract.md 1.2, 1.8, 1.12.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from os import fsencode, walk
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.ground.errors import InputRefusedError, StimauditError, UsageError
from pipelines.ground.files import commit_file, file_sha256
from pipelines.ground.near_names import near_name
from pipelines.ground.progress import SILENCE
from pipelines.ground.warehouse import (
    MEMORY_LIMIT,
    Connection,
    WarehouseError,
    identifier,
    literal,
    one_column,
    one_number,
    open_warehouse,
    parquet_format,
    read_parquet,
)
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.folders import is_mark, lake_table, layout_by_folder, refuse_lake_table
from pipelines.intake.identifiers import qualified_query, qualifier
from pipelines.intake.layouts.canonical import Glance, judged_in_steps, judged_query, landed_columns, stays_blank
from pipelines.intake.layouts.choice import layout_by_header, layout_by_name, split_name
from pipelines.intake.layouts.source import (
    BYTES_A_VALUE,
    FileRefusedError,
    SourceFile,
    check_magic,
    column_name,
    csv_header,
    damaged_parquet,
    inspect,
    parquet_header,
    read_through,
    readable,
    state,
)
from pipelines.intake.ledger import (
    DeliveredFile,
    Delivery,
    RepairedValue,
    delivered_tables,
    landed_files,
    parquet_path,
    read_ledger,
    rejected_rows_query,
    supplied_tables,
    table_query,
    write_manifest,
)
from pipelines.intake.member_crosswalk import unsettled
from pipelines.intake.repeats import repeats
from pipelines.intake.value_rules import NULL_WORDS, UNITS_A_DAY, value_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from pipelines.ground.progress import Progress
    from pipelines.intake.extracts import ExtractTable
    from pipelines.intake.layouts.projection import Layout, Projection
    from pipelines.intake.ledger import IdNamespace


WIDE_DIAGNOSIS = re.compile(r"diagnosis_code_[0-9]+")
DISK_FULL = re.compile(r"No space left|File too large|Disk quota exceeded|Could not write")
SHOWN = 10
DICTIONARY_ENTRIES = 8192
"""Codes keep their dictionaries, which make scans quick; identifiers soon have more entries and are written plain."""
SORTED_BYTES = 16_000_000
"""Up to so many bytes of text the rows of a file are sorted by member; more do not fit into the memory of a run."""
ROW_GROUPS = "row_group_size 16384"
"""What a look for a few members reads of a sorted file is a few row groups of this size."""
SMALL_BYTES = 1_000_000
"""Up to so many bytes of text the plan of a query costs more than its rows: one thread, no optimizer, two looks."""
ROW_IN_DIGEST = (
    "case when row_faults is null and row_warnings is null then row_hash "
    "else hash(row_hash, row_faults, row_warnings) end"
)
"""SQL of what a row adds to the digest of a file: also why it was set aside or mended, for that is published, too."""
NESTED_TYPES = ("STRUCT", "MAP", "UNION", "[]", "]", "BLOB", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "BIT")


@dataclass(frozen=True)
class LandingRules:
    """When a delivery is refused for its bad rows, and what landing may use.

    A delivery is refused when a table has more than ``max_rejected_rows`` rejected rows and they are more than
    ``max_rejected_share`` of its rows; or, with an ``end_marker``, when no file of that name lies in its folder yet.
    ``payments_supplied`` says by a pattern of a file's path below the delivery folder whether its paid amounts were
    sent; the first pattern that fits holds, and a file that none fits has them.
    ``null_words`` are blank wherever they stand; a line of care with more than ``units_a_day`` units is doubtful.
    ``id_namespace`` is the column by which identifiers are qualified, where a file lacks it by the value that
    ``namespace_of_files`` gives the first pattern that its path fits. ``is_whole`` says that what a delivery lacks is
    gone, so that it is read whole, its old files too; a delivery that is all of the service days of ``covers`` (both
    in) is full.
    """

    max_rejected_share: float = 0.01
    max_rejected_rows: int = 20
    memory_limit: str = MEMORY_LIMIT
    threads: int | None = None
    end_marker: str | None = None
    payments_supplied: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    null_words: tuple[str, ...] = NULL_WORDS
    units_a_day: int = UNITS_A_DAY

    id_namespace: IdNamespace | None = None
    namespace_of_files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_whole: bool = False
    covers: tuple[date, date] | None = None

    def has_payments(self, file_name: str) -> bool:
        """Whether the paid amounts of the file were sent, so that a blank one is 0 and not unknown."""
        return next(
            (are_sent for pattern, are_sent in self.payments_supplied.items() if fnmatchcase(file_name, pattern)), True
        )

    @property
    def qualifier(self) -> str | None:
        """The column by which identifiers are qualified."""
        return qualifier(self.id_namespace)

    def namespace_of(self, file_name: str) -> str | None:
        """The source or payer whose identifiers the file holds, as far as the configuration says."""
        return next(
            (value for pattern, value in self.namespace_of_files.items() if fnmatchcase(file_name, pattern)), None
        )


DEFAULT_RULES = LandingRules()


@dataclass(frozen=True)
class Landing:
    """What a delivery became; ``delivery_number`` is None when nothing in it was new.

    ``supplied`` are the tables of which the history, this delivery included, holds at least one loaded row.
    """

    delivery_number: int | None
    files: tuple[DeliveredFile, ...]
    supplied: frozenset[str]


@dataclass(frozen=True)
class _Reading:
    """A file that is about to be read: its layout, its columns by lower-case name, those nobody knows."""

    source: SourceFile
    layout: Layout
    columns: Mapping[str, str]
    column_count: int
    unknown_columns: tuple[str, ...]


class _Lander:
    """One delivery being landed."""

    def __init__(self, landed: Path, delivery_number: int, *, as_of: date, rules: LandingRules) -> None:
        self.landed = landed
        self.delivery_number = delivery_number
        self.as_of = as_of
        self.rules = rules
        self.tables = read_extract_tables()
        self.workplace = landed / "partial"
        self.written: list[Path] = []
        self._connections: dict[bool, Connection] = {}

    def connection_for(self, byte_count: int) -> Connection:
        """The connection that reads ``byte_count`` bytes of text; there is one for little and one for much."""
        is_small = byte_count <= SMALL_BYTES
        if is_small not in self._connections:
            self._connections[is_small] = self._connect(is_small=is_small)
        return self._connections[is_small]

    def is_small(self, connection: Connection) -> bool:
        """Whether ``connection`` is the one for small files."""
        return self._connections.get(True) is connection

    def _connect(self, *, is_small: bool) -> Connection:
        connection = open_warehouse(
            memory_limit=self.rules.memory_limit,
            threads=1 if is_small else self.rules.threads,
            temp_directory=self.workplace / "spill",
        )
        connection.execute("set preserve_insertion_order = true")
        if is_small:
            connection.execute("pragma disable_optimizer")
        return connection

    def disconnect(self) -> None:
        """Closes all connections: their spill files go, and nothing is read through them any more."""
        while self._connections:
            self._connections.popitem()[1].close()

    def clear(self) -> None:
        """Removes what a killed run left: working files, and landed files that no manifest names."""
        shutil.rmtree(self.workplace, ignore_errors=True)
        for table_name in self.tables:
            for path in (self.landed / table_name).glob("[0-9]*-[0-9]*.parquet"):
                if int(path.stem.partition("-")[0]) >= self.delivery_number:
                    path.unlink()

    def forget(self) -> None:
        """Removes what this delivery has written so far."""
        self.disconnect()
        for path in self.written:
            path.unlink(missing_ok=True)
        shutil.rmtree(self.workplace, ignore_errors=True)


def land(
    extracts: Path,
    *,
    landed: Path,
    as_of: date,
    rules: LandingRules = DEFAULT_RULES,
    progress: Progress = SILENCE,
) -> Landing:
    """What became of each file below ``extracts``, after its rows were added to the history in ``landed``.

    ``as_of`` is the run date: dates more than a year after it are not believed. A file whose bytes were landed
    for the same table in an earlier delivery is skipped. Raises ``InputRefusedError``, with all its causes, for a file
    that cannot be read as its name says, for a table with too many bad rows, and where claims or diagnoses were never
    supplied; the history is then as it was. A crash before the end leaves the history as it was, too.
    """
    if not extracts.is_dir():
        message = f"There is no folder {extracts}: expected the folder of a delivery. Check the path."
        raise UsageError(message)
    _check_end_marker(extracts, rules.end_marker)
    history = read_ledger(landed)
    _check_namespace(history, rules)
    lander = _Lander(landed, len(history) + 1, as_of=as_of, rules=rules)
    lander.clear()
    try:
        files = _land_files(lander, extracts, history, progress)
        known = [file for _, file in landed_files(history)]
        _check_supply(lander.tables, [*known, *files], has_history=bool(history))
        is_new = any(file.fate == "landed" for file in files)
        if is_new:
            files = _count_repeats(lander, files)
            _check_rejected(lander, files)
            _check_crosswalk(lander, history, files)
            write_manifest(landed, _delivery(lander, files))
    except BaseException:
        lander.forget()
        raise
    lander.disconnect()
    shutil.rmtree(lander.workplace, ignore_errors=True)
    return Landing(lander.delivery_number if is_new else None, files, supplied_tables([*known, *files]))


def _check_namespace(history: Sequence[Delivery], rules: LandingRules) -> None:
    if any(qualifier(delivery.id_namespace) != rules.qualifier for delivery in history):
        message = (
            "Earlier deliveries landed with identifiers of another form, so theirs and these would never meet: "
            "id_namespace (data_source, payer) cannot change within one history. Set it back, or land all deliveries "
            "again into a new folder."
        )
        raise UsageError(message)


def _delivery(lander: _Lander, files: tuple[DeliveredFile, ...]) -> Delivery:
    made = Delivery(lander.delivery_number, lander.as_of.isoformat(), files, id_namespace=lander.rules.id_namespace)
    if lander.rules.covers is None:
        return made
    first, last = lander.rules.covers
    return replace(made, delivery_kind="full", covers_from=first.isoformat(), covers_to=last.isoformat())


def _check_end_marker(extracts: Path, end_marker: str | None) -> None:
    if end_marker is not None and not (extracts / end_marker).is_file():
        message = (
            f"The delivery {extracts} has no end marker {end_marker}, so it is still being copied, or was cut off; "
            "nothing of it was taken. Deliver the files first and the marker last, then run again."
        )
        raise InputRefusedError(message)


def _land_files(
    lander: _Lander, extracts: Path, history: Sequence[Delivery], progress: Progress
) -> tuple[DeliveredFile, ...]:
    """What became of each file, repeats not yet counted; all refused files are named in one error.

    Where what a delivery lacks is gone, one with anything new is read whole, files that were landed before as well.
    """
    landed_before = {
        (file.table_name, file.sha256): file for delivery in history for file in delivery.files if file.fate == "landed"
    }
    delivered = _land_each(lander, extracts, landed_before, progress)
    fates = {file.fate for file in delivered}
    if lander.rules.is_whole and {"landed", "already_landed"} <= fates:
        lander.forget()
        return _land_each(lander, extracts, {}, progress)
    return delivered


def _land_each(
    lander: _Lander,
    extracts: Path,
    landed_before: Mapping[tuple[str | None, str | None], DeliveredFile],
    progress: Progress,
) -> tuple[DeliveredFile, ...]:
    """What became of each file, of which those in ``landed_before`` are not read again."""
    delivered: list[DeliveredFile] = []
    lakes = _lake_tables(extracts)
    refused = [f"{_printable(name)}: {refuse_lake_table(system)}" for name, system in lakes.items()]
    for number, path in enumerate(_files_below(extracts), start=1):
        if any(path.is_relative_to(extracts / lake) for lake in lakes):
            continue
        name = path.relative_to(extracts).as_posix()
        try:
            with readable():
                path.lstat()
            delivered += _land_path(lander, extracts, path, number, landed_before, progress)
        except FileRefusedError as refusal:
            refused.append(f"{_printable(name)}: {refusal}")
    if refused:
        things = "files and folders" if lakes else "files"
        count = f"One {'folder' if lakes else 'file'} is" if len(refused) == 1 else f"{len(refused)} {things} are"
        message = f"{count} refused; nothing of this delivery was taken.\n" + "\n".join(f"- {each}" for each in refused)
        raise InputRefusedError(message)
    return tuple(delivered)


def _lake_tables(extracts: Path) -> dict[str, str]:
    """The system of each folder, by its path below ``extracts``, that is a table of another system."""
    found: dict[str, str] = {}
    for parent, folders, _ in walk(extracts):
        folders.sort()
        if system := lake_table(Path(parent)):
            found[Path(parent).relative_to(extracts).as_posix()] = system
            folders.clear()
    return found


def _files_below(folder: Path) -> list[Path]:
    """All files below ``folder`` and links to folders, by the bytes of their path below it."""
    found: list[Path] = []
    for parent, folders, names in walk(folder, onerror=partial(_refuse_folder, folder)):
        here = Path(parent)
        found += [here / name for name in names]
        found += [here / name for name in folders if (here / name).is_symlink()]
    return sorted(found, key=lambda path: fsencode(path.relative_to(folder).as_posix()))


def _refuse_folder(extracts: Path, error: OSError) -> None:
    """Refuses a delivery of which a folder cannot be opened: nobody knows what lies in it."""
    name = Path(error.filename).relative_to(extracts).as_posix()
    message = (
        f"The folder {_printable(name)} of the delivery cannot be opened ({error.strerror}), so what it holds cannot "
        "be known; nothing of this delivery was taken. Give the account that runs the audit the right to read it."
    )
    raise InputRefusedError(message) from None


def _printable(name: str) -> str:
    """``name`` on one line, whatever bytes it is made of: what does not print is written as its escape."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name)


def _land_path(
    lander: _Lander,
    extracts: Path,
    path: Path,
    number: int,
    landed_before: Mapping[tuple[str | None, str | None], DeliveredFile],
    progress: Progress,
) -> list[DeliveredFile]:
    name = path.relative_to(extracts).as_posix()
    if path.is_symlink() and path.is_dir():
        cause = "This is a link to a folder, whose files are not read."
        raise FileRefusedError(cause, "Deliver the files themselves.")
    stem_and_extension = split_name(path.name)
    byte_count = path.lstat().st_size
    stranger = DeliveredFile(
        file_number=number,
        file_name=_printable(name),
        table_name=None,
        layout=None,
        bytes=byte_count,
        sha256=None,
        source_row_count=0,
        row_count=0,
        loaded_count=0,
        repeat_count=0,
        rejected_count=0,
        columns=(),
        unknown_columns=(),
        has_source_row=False,
        parquet_bytes=0,
        fate="not_an_extract",
    )
    if stem_and_extension is None:
        return [stranger]
    source = SourceFile(path, name, number, *stem_and_extension)
    by_name = layout_by_name(source.stem, lander.tables)
    if by_name is None and not is_mark(path.name):
        by_name = layout_by_folder(extracts, path, lander.tables)
    if by_name is None and (not path.is_file() or path.is_symlink()):
        return [stranger]
    if by_name is not None:
        _check_place(extracts, path)
    before = state(path)
    reading = _open_reading(lander, source, by_name)
    if reading is None:
        return [stranger]
    progress.file_started(stranger.file_name, before[0])
    proto = replace(stranger, layout=reading.layout.layout_name, bytes=before[0])
    files = _known_or_read(lander, reading, proto, landed_before)
    if state(path) != before:
        cause = "The file was changed while it was read; a copy is still under way, perhaps."
        raise FileRefusedError(cause, "Deliver complete files: copy to another name, then rename.")
    if files[0].fate == "already_landed":
        progress.file_known(stranger.file_name)
    else:
        progress.file_finished(stranger.file_name, files[0].source_row_count)
    return files


def _known_or_read(
    lander: _Lander,
    reading: _Reading,
    proto: DeliveredFile,
    landed_before: Mapping[tuple[str | None, str | None], DeliveredFile],
) -> list[DeliveredFile]:
    """The file's entries: already landed, or read now.

    Only a file of a size that was landed before can be known; its hash is then waited for. Any other is hashed
    and looked through while it is read, and what that finds wrong is what is said.
    """
    tables = reading.layout.table_names
    sizes = {(table_name, file.bytes) for (table_name, _), file in landed_before.items()}
    with ThreadPoolExecutor(max_workers=1) as beside:
        inspection = beside.submit(inspect, reading.source)
        if all((table_name, proto.bytes) in sizes for table_name in tables):
            digest = inspection.result().sha256
            if all((table_name, digest) in landed_before for table_name in tables):
                known = replace(proto, sha256=digest, fate="already_landed")
                return [replace(known, table_name=table_name) for table_name in tables]
        counted = beside.submit(read_through, reading.source) if reading.source.is_parquet else None
        try:
            files = _read(lander, reading, replace(proto, unknown_columns=reading.unknown_columns, fate="landed"))
        except FileRefusedError:
            inspection.result()
            raise
        inspected = inspection.result()
        row_count = counted.result() if counted else inspected.row_count
    _check_row_count(row_count, files[0].source_row_count)
    return [replace(file, sha256=inspected.sha256) for file in files]


def _check_row_count(counted: int, read: int) -> None:
    """Refuses a file of which the reader gave another number of rows than its bytes hold."""
    if counted != read:
        cause = f"The file holds {counted:,} rows by its line ends and quotes, and {read:,} of them can be read."
        remedy = "Line ends of two kinds, perhaps, one of them in the header: export it again with one kind."
        raise FileRefusedError(cause, remedy)


def _check_place(extracts: Path, path: Path) -> None:
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        cause = "The file's name is not UTF-8."
        raise FileRefusedError(cause, "Rename it.") from None
    state(path)
    if path.is_symlink() and not path.resolve().is_relative_to(extracts.resolve()):
        cause = "The file is a link that leads out of the delivery folder."
        raise FileRefusedError(cause, "Deliver the file itself.")
    if not path.is_file():
        cause = "This is not a regular file."
        raise FileRefusedError(cause, "Deliver the file itself.")


def _open_reading(lander: _Lander, source: SourceFile, by_name: Layout | None) -> _Reading | None:
    """The layout and columns of a file, or None for a file of no layout."""
    try:
        check_magic(source)
        written = _parquet_header(lander, source) if source.is_parquet else csv_header(source)
    except FileRefusedError:
        if by_name is None:
            return None
        raise
    header = tuple(column_name(name) for name in written)
    layout = by_name or layout_by_header(source.stem, header)
    if layout is None:
        return None
    missing = layout.missing_columns(header)
    if missing:
        remedy = f"Expected a comma-separated header row with {', '.join(layout.required_columns)}."
        raise FileRefusedError(_why_missing(layout, header, missing), remedy)
    known = layout.known_columns(header)
    repeated = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if repeated:
        shown = ", ".join(name for name in repeated if name in known) or "one that is not read"
        cause = f"The header names a column twice ({shown})."
        raise FileRefusedError(
            cause, "Expected each column once (upper and lower case are the same): rename or remove one."
        )
    layout.check()
    places = {name: header.index(name) for name in known}
    columns = {name: identifier(written[place]) if source.is_parquet else f"c{place}" for name, place in places.items()}
    unknown = tuple(sorted(name for name in header if name and name not in known))
    return _Reading(source, layout, columns, len(header), unknown)


def _why_missing(layout: Layout, header: tuple[str, ...], missing: Sequence[str]) -> str:
    """Why a header lacks the columns ``missing``; of its own words it shows those alone that are close to a column."""
    if header and header[0].startswith("sep="):
        return (
            "The first line is `sep=`, which Excel writes, so that the second one is not read as the header: remove it."
        )
    if len(header) == 1 and any(mark in header[0] for mark in ";|\t"):
        return f"The columns are not separated by commas, so that {len(missing)} required columns are missing."
    cause = f"The header lacks the required column{'s' if len(missing) > 1 else ''} {', '.join(missing)}."
    meant = {column: name for column in missing if (name := near_name(column, header))}
    if meant:
        written = ", ".join(f"{name} for {column}" for column, name in meant.items())
        return f"{cause} It may have meant: {written}. Rename them."
    if not layout.known_columns(header):
        return f"{cause} No name in the first row is known: the header row is missing, perhaps."
    return cause


def _parquet_header(lander: _Lander, source: SourceFile) -> tuple[str, ...]:
    """The column names of a Parquet file that DuckDB can open; it would rename the second of two equal ones."""
    connection = lander.connection_for(0)
    with _linked(lander, source) as link:
        try:
            connection.execute(f"describe from {_relation(source, link, 0)}").fetchall()
        except WarehouseError as error:
            raise _refusal(error, source) from None
    return parquet_header(source)


class _linked:  # noqa: N801 - used as a context manager, like a function
    """A link to a delivered file under a plain name, so that no odd name is read as a pattern or shown."""

    def __init__(self, lander: _Lander, source: SourceFile) -> None:
        self._link = lander.workplace / f"source-{source.number:04d}{source.extension}"
        self._path = source.path

    def __enter__(self) -> Path:
        self._link.parent.mkdir(parents=True, exist_ok=True)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(self._path.resolve())
        return self._link

    def __exit__(self, *_: object) -> None:
        self._link.unlink(missing_ok=True)


def _relation(source: SourceFile, link: Path, column_count: int) -> str:
    if source.is_parquet:
        return f"read_parquet({literal(link)}, binary_as_string = true)"
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(column_count))
    return (
        f"read_csv({literal(link)}, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        "quote = '\"', escape = '\"', strict_mode = true, null_padding = false, ignore_errors = false)"
    )


def _read(lander: _Lander, reading: _Reading, proto: DeliveredFile) -> list[DeliveredFile]:
    """The file's rows in each of its tables, written to Parquet and counted; repeats not yet counted."""
    source = reading.source
    text_bytes = source.text_bytes()
    connection = lander.connection_for(text_bytes)
    with _linked(lander, source) as link:
        relation = _relation(source, link, reading.column_count)
        listed = ", ".join(f"{column} as {identifier(name)}" for name, column in reading.columns.items())
        try:
            types = {
                str(row[0]): str(row[1])
                for row in connection.execute(f"describe select {listed} from {relation}").fetchall()
            }
            _check_types(types)
            is_streamed = reading.layout.is_streamed
            with _source(lander, connection, f"select {listed} from {relation}", is_streamed=is_streamed):
                blank = _blank_columns(lander, connection, reading, link)
                files = [
                    _write(lander, connection, projection, proto, blank, is_sorted=text_bytes <= SORTED_BYTES)
                    for projection in reading.layout.projections(types)
                ]
                if is_streamed:
                    source_row_count = files[0].row_count
                else:
                    source_row_count = one_number(connection, "select count(*) from source")
        except WarehouseError as error:
            raise _refusal(error, source) from None
    return [replace(file, source_row_count=source_row_count) for file in files]


@contextmanager
def _source(lander: _Lander, connection: Connection, query: str, *, is_streamed: bool) -> Iterator[None]:
    """The delivered rows as ``source``, for as long as they are read: a view, or a table where they are read often."""
    kind = "view" if is_streamed else "table"
    connection.execute(f"create temp {kind} source as {query}")
    try:
        yield
    except BaseException:
        lander.disconnect()  # what a broken read leaves in a connection is met by no other file
        raise
    connection.execute(f"drop {kind} source")


def _check_types(types: Mapping[str, str]) -> None:
    odd = [name for name, physical in types.items() if any(mark in physical for mark in NESTED_TYPES)]
    if odd:
        cause = f"Not single values of text, number, date or boolean: {', '.join(odd)}."
        raise FileRefusedError(
            cause, "Expected plain columns: write dates as DATE or text, numbers as numbers or text."
        )


def _blank_columns(lander: _Lander, connection: Connection, reading: _Reading, link: Path) -> frozenset[str]:
    """The columns of a large Parquet file without a value: what its footer says of them is counted, not believed."""
    if lander.is_small(connection) or not reading.source.is_parquet or not reading.layout.is_streamed:
        return frozenset()
    said = set(
        one_column(
            connection,
            f"select path_in_schema from parquet_metadata({literal(link)}) "
            "group by path_in_schema having sum(stats_null_count) = sum(num_values)",
        )
    )
    names = [name for name, written in reading.columns.items() if written in map(identifier, said)]
    if not names:
        return frozenset()
    counts = connection.execute(f"select {_counted(names)} from source").fetchall()[0]
    return frozenset(name for name, count in zip(names, counts, strict=True) if not count)


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"count({identifier(name)})" for name in names)


def _write(
    lander: _Lander,
    connection: Connection,
    projection: Projection,
    proto: DeliveredFile,
    blank: frozenset[str],
    *,
    is_sorted: bool,
) -> DeliveredFile:
    table = lander.tables[projection.table_name]
    path = parquet_path(lander.landed, table.table_name, lander.delivery_number, proto.file_number)
    partial = lander.workplace / f"{table.table_name}-{path.name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    query = _judged(lander, connection, projection, proto, blank)
    columns = landed_columns(projection, table)
    if lander.rules.qualifier is not None:
        query = qualified_query(query, columns, lander.rules.qualifier, lander.rules.namespace_of(proto.file_name))
    judged = (
        f"select *, {_row_hash(table, projection)} as row_hash, {lander.delivery_number}::integer as delivery_number, "
        f"{proto.file_number}::integer as file_number from ({query}) as judged_row"
    )
    if is_sorted:
        connection.execute(f"create or replace temp table judged as {judged}")
        unwritten = () if lander.is_small(connection) else _without_value(connection, columns)
        made, counted, groups = _by_member(projection, columns, unwritten), "judged", [ROW_GROUPS]
    else:
        unwritten = tuple(
            column.column_name for column in table.columns if column.column_name in blank and stays_blank(column)
        )
        made = f"select *{_left_out(unwritten)} from ({judged}) as hashed_row"
        counted, groups = read_parquet([partial]), []
    connection.execute(
        f"copy ({made}) to {literal(partial)} "
        f"{parquet_format('compression snappy', f'dictionary_size_limit {DICTIONARY_ENTRIES}', *groups)}"
    )
    row_count, rejected_count, row_hash_sum, warned_count = (
        int(number)
        for number in connection.execute(
            f"select count(*), count(row_faults), coalesce(sum({ROW_IN_DIGEST}), 0), count(row_warnings) from {counted}"
        ).fetchall()[0]
    )
    repaired_values = _repaired_values(connection, counted) if warned_count else ()
    connection.execute("drop table if exists judged")
    commit_file(partial, path)
    lander.written.append(path)
    return replace(
        proto,
        table_name=table.table_name,
        row_count=row_count,
        loaded_count=row_count - rejected_count,
        rejected_count=rejected_count,
        columns=columns,
        blank_columns=unwritten,
        has_source_row=is_sorted or projection.has_source_row,
        parquet_bytes=path.stat().st_size,
        parquet_sha256=file_sha256(path),
        row_hash_sum=row_hash_sum,
        repaired_values=repaired_values,
    )


def _without_value(connection: Connection, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of ``columns`` in which no judged row has a value."""
    counts = connection.execute(f"select {_counted(columns)} from judged").fetchall()[0]
    return tuple(name for name, count in zip(columns, counts, strict=True) if not count)


def _by_member(projection: Projection, columns: Sequence[str], unwritten: Sequence[str]) -> str:
    """SQL of the judged rows as they are written: those of a member side by side, each with its place in the source.

    What reads the rows of a few members then reads a few row groups of a file (decision 0221).
    """
    together = [identifier(name) for name in ("member_id", "claim_id") if name in columns][:1]
    place = "" if projection.has_source_row else ", rowid + 1 as source_row"
    return f"select *{_left_out(unwritten)}{place} from judged order by {', '.join([*together, 'rowid'])}"


def _left_out(columns: Sequence[str]) -> str:
    return f" exclude ({', '.join(map(identifier, columns))})" if columns else ""


def _judged(
    lander: _Lander, connection: Connection, projection: Projection, proto: DeliveredFile, blank: frozenset[str]
) -> str:
    """SQL of the judged rows of ``projection``; for a small file the few words that its values need (decision 0220)."""
    table = lander.tables[projection.table_name]
    query = (
        partial(judged_in_steps, connection)
        if lander.is_small(connection)
        else partial(judged_query, seen=Glance(nothing=blank))
    )
    return query(
        projection,
        table,
        as_of=lander.as_of,
        rules=value_rules(lander.rules.null_words, lander.rules.units_a_day),
        payments_are_supplied=lander.rules.has_payments(proto.file_name),
    )


def _row_hash(table: ExtractTable, projection: Projection) -> str:
    """SQL of a hash over all known columns: equal rows have equal ones, whatever columns their files lack."""
    known = (
        identifier(column.column_name) if column.column_name in landed_columns(projection, table) else "null"
        for column in table.columns
    )
    return f"hash({', '.join(known)})"


def _repaired_values(connection: Connection, judged: str) -> tuple[RepairedValue, ...]:
    """What was mended or is doubtful in the loaded rows of ``judged``, by column and rule."""
    rows = connection.execute(
        "select split_part(warning, ':', 1) as column_name, split_part(warning, ':', 2) as rule, count(*) "
        "from (select unnest(string_split(row_warnings, ';')) as warning "
        f"from {judged} where row_faults is null and row_warnings is not null) as warned "
        "group by column_name, rule order by column_name, rule"
    ).fetchall()
    return tuple(RepairedValue(column_name, rule, int(row_count)) for column_name, rule, row_count in rows)


def _refusal(error: WarehouseError, source: SourceFile) -> StimauditError:
    """What a person may read of an error of DuckDB, whose own text can quote the file."""
    text = str(error)
    if type(error).__name__ == "OutOfMemoryException" or DISK_FULL.search(text):
        message = (
            f"Landing ran out of memory or disk space at {_printable(source.name)}. Give it more (memory_limit, "
            "a larger disk) and run again; the history is as it was."
        )
        return StimauditError(message)
    if source.is_parquet:
        return damaged_parquet()
    line = re.search(r"CSV Error on Line: (\d+)", text)
    where = f" at line {line[1]}" if line else ""
    width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if width:
        cause = f"A record{where} has {width[2]} fields and the header {width[1]}."
        return FileRefusedError(
            cause, "Expected as many fields in each record, or the file ends too early: export it again."
        )
    cause = (
        f"The text{where} is not comma-separated values as RFC 4180 writes them (quotes, or line ends of two kinds)."
    )
    return FileRefusedError(cause, "Export the file again as RFC 4180 CSV with one kind of line end.")


def _check_supply(tables: Mapping[str, ExtractTable], files: Sequence[DeliveredFile], *, has_history: bool) -> None:
    """Refuses a delivery after which claims or their diagnoses would never have been supplied."""
    names = ", ".join(tables)
    landed = [file for file in files if file.fate == "landed"]
    if not landed and not has_history:
        message = (
            "The delivery holds no extract file. Expected files named <table>.<ext> or <table>_<anything>.<ext> with "
            f"<table> one of {names} and <ext> csv, csv.gz, csv.zst or parquet. Check the folder and the file names."
        )
        raise InputRefusedError(message)
    supplied = {file.table_name for file in landed}
    if "medical_claim" not in supplied:
        message = (
            "No medical_claim file was ever delivered. Expected medical_claim.<ext> or medical_claim_<anything>.<ext>. "
            "Add it to the delivery."
        )
        raise InputRefusedError(message)
    has_wide = any(WIDE_DIAGNOSIS.fullmatch(name) for file in landed for name in file.columns)
    if "claim_diagnosis" not in supplied and not has_wide:
        message = (
            "No diagnoses were ever delivered. Expected claim_diagnosis files, or the columns diagnosis_code_1 to "
            "diagnosis_code_25 in medical_claim. Add one of them to the delivery."
        )
        raise InputRefusedError(message)


def _count_repeats(lander: _Lander, files: tuple[DeliveredFile, ...]) -> tuple[DeliveredFile, ...]:
    """``files`` with their repeats: rows equal in all columns to a later row of the delivery."""
    counted: Counter[tuple[str | None, int]] = Counter()
    for table_name in sorted(delivered_tables(files)):  # no others hold rows that could be repeats
        here = [file for file in files if file.table_name == table_name and file.fate == "landed"]
        connection = lander.connection_for(_landed_bytes(here))
        for file_number, count in repeats(
            connection, lander.landed, lander.delivery_number, lander.tables[table_name], here
        ):
            counted[table_name, file_number] += count
    return tuple(
        replace(file, repeat_count=count, loaded_count=file.loaded_count - count)
        if file.fate == "landed" and (count := counted[file.table_name, file.file_number])
        else file
        for file in files
    )


def _landed_bytes(files: Iterable[DeliveredFile]) -> int:
    """About how many bytes of text the landed rows of ``files`` hold."""
    return sum(file.row_count * len(file.columns) * BYTES_A_VALUE for file in files)


def _check_rejected(lander: _Lander, files: Iterable[DeliveredFile]) -> None:
    """Refuses a delivery in which a table has too many bad rows."""
    landed = [file for file in files if file.fate == "landed"]
    refused: list[str] = []
    for table_name in lander.tables:
        here = [file for file in landed if file.table_name == table_name]
        rows = sum(file.row_count for file in here)
        rejected = sum(file.rejected_count for file in here)
        if rejected > lander.rules.max_rejected_rows and rejected > lander.rules.max_rejected_share * rows:
            refused.append(_too_many(lander, table_name, here, rows, rejected))
    if refused:
        message = (
            "Too many bad rows; nothing of this delivery was taken. Allowed are "
            f"{lander.rules.max_rejected_rows} rows or {lander.rules.max_rejected_share:.2%} of a table's rows, "
            "whichever is more. Mend the extract and deliver it again.\n" + "\n".join(refused)
        )
        raise InputRefusedError(message)


def _check_crosswalk(lander: _Lander, history: Sequence[Delivery], files: Sequence[DeliveredFile]) -> None:
    """Refuses a delivery after which a previous member identifier would lead into a ring or to two members."""
    table = lander.tables["member_crosswalk"]
    delivered = landed_files([*history, Delivery(lander.delivery_number, lander.as_of.isoformat(), tuple(files))])
    here = [(number, file) for number, file in delivered if file.table_name == table.table_name]
    if all(number != lander.delivery_number for number, _ in here):
        return
    connection = lander.connection_for(_landed_bytes(file for _, file in here))
    rows = connection.execute(
        "select previous_member_id, member_id, delivery_number, file_number, source_row "
        f"from ({table_query(lander.landed, table, here)}) as crosswalk order by all"
    ).fetchall()
    rings, split = unsettled((str(previous), str(present)) for previous, present, *_ in rows)
    if not rings and not split:
        return
    names = {(number, file.file_number): file.file_name for number, file in here}
    places = [
        f"- {names[delivery, file]}, row {row}, of delivery {delivery}"
        for previous, _, delivery, file, row in rows
        if previous in rings or previous in split
    ]
    message = (
        "The member_crosswalk cannot be followed; nothing of this delivery was taken. Each previous identifier must "
        f"lead to one member, over all deliveries together, but {len(rings)} lead in a ring and {len(split)} to two "
        f"members. Mend the rows and deliver it again. The first of them:\n" + "\n".join(places[:SHOWN])
    )
    raise InputRefusedError(message)


def _too_many(lander: _Lander, table_name: str, files: Sequence[DeliveredFile], rows: int, rejected: int) -> str:
    query = rejected_rows_query(lander.landed, [(lander.delivery_number, file) for file in files])
    connection = lander.connection_for(_landed_bytes(files))
    rules = connection.execute(
        f"select fault, count(*) from ({query}) as broken group by fault order by count(*) desc, fault"
    ).fetchall()
    first = connection.execute(
        f"select file_name, source_row, fault from ({query}) as broken "
        f"order by file_number, source_row, fault limit {SHOWN}"
    ).fetchall()
    messages = {
        f"{column.column_name}:{rule}": column.message(rule)
        for column in lander.tables[table_name].columns
        for rule in column.rules
    }
    lines = [f"- {table_name}: {rejected} of {rows} rows rejected."]
    lines += [f"  {count} x {messages[fault]}" for fault, count in rules]
    lines += ["  The first of them (file:row:column:rule):"]
    lines += [f"  {file_name}:{source_row}:{fault}" for file_name, source_row, fault in first]
    return "\n".join(lines)
