"""Delivered files as bytes and headers: what must hold before a file is parsed.

DuckDB reads a gzip file that was cut at the end of a line without a word, takes a quote inside an
unquoted field for text, and stops with an internal error at some bytes that are not UTF-8. So the
bytes are looked at first, once, in the pass that hashes them. The same pass counts the records by quotes and line
ends alone, so that a row which a reader passes over is missed.

See docs/contract.md 1.12.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from pipelines.ground.errors import InputRefusedError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path


CHUNK_BYTES = 1 << 20
MAGIC = {".csv.gz": b"\x1f\x8b", ".csv.zst": b"\x28\xb5\x2f\xfd", ".parquet": b"PAR1"}
BYTES_A_VALUE = 4
ROWS_A_BATCH = 16_384
GZIP_TRAILER = 4
MOST_OF_ZSTD = 1000
COMPRESSIONS = {".csv.gz": "gzip", ".csv.zst": "zstd"}

_QUOTE, _LINE_FEED, _CARRIAGE_RETURN = ord('"'), ord("\n"), ord("\r")
_NEIGHBOURS = np.zeros(256, dtype=bool)
_NEIGHBOURS[[ord(","), ord("\r"), ord("\n"), _QUOTE]] = True


class FileRefusedError(InputRefusedError):
    """One delivered file cannot be read as what its name says.

    ``cause`` says what is wrong and what was expected, ``remedy`` what to do next.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        """The refusal of one file, not yet named."""
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


@dataclass(frozen=True)
class SourceFile:
    """A delivered file: where it is, how it is named below the delivery folder, how it is read."""

    path: Path
    name: str
    number: int
    stem: str
    extension: str

    @property
    def is_parquet(self) -> bool:
        """True for a file that is read as Parquet."""
        return self.extension == ".parquet"

    def text_bytes(self) -> int:
        """About how many bytes of text the file holds: what tells the reader that is best for it, and nothing else.

        A gzip file says it at its end, Parquet by its rows; zstd may say nothing, and counts as much.
        """
        if self.is_parquet:
            footer = _footer(self)
            return int(footer.num_rows * footer.num_columns * BYTES_A_VALUE)
        with readable():
            size = self.path.stat().st_size
            if self.extension == ".csv.gz" and size > GZIP_TRAILER:
                with self.path.open("rb") as stream:
                    stream.seek(-GZIP_TRAILER, io.SEEK_END)
                    return max(size, int.from_bytes(stream.read(GZIP_TRAILER), "little"))
        return size * MOST_OF_ZSTD if self.extension == ".csv.zst" else size

    def chunks(self) -> Iterator[bytes]:
        """The file's text, decompressed, piece by piece; raises ``FileRefusedError`` on a damaged archive."""
        compression = COMPRESSIONS.get(self.extension)
        with ExitStack() as opened:
            if compression is None:
                stream = cast("BinaryIO", opened.enter_context(self.path.open("rb")))
            else:
                raw = opened.enter_context(pa.OSFile(str(self.path), "rb"))
                stream = cast("BinaryIO", opened.enter_context(pa.CompressedInputStream(raw, compression)))
            try:
                while chunk := stream.read(CHUNK_BYTES):
                    yield chunk
            except OSError:
                cause = f"The {compression or 'file'} data is damaged or ends too early."
                remedy = "Expected a complete archive: copy or compress the file again and deliver it whole."
                raise FileRefusedError(cause, remedy) from None


@contextmanager
def readable() -> Iterator[None]:
    """What is done with a delivered file inside refuses it where the system does not let it be read."""
    try:
        yield
    except OSError as error:
        cause = f"The file cannot be read ({error.strerror or 'the system gives no reason'})."
        remedy = "It was removed, perhaps, or this account may not open it: deliver it whole, then run again."
        raise FileRefusedError(cause, remedy) from None


@dataclass(frozen=True)
class Inspection:
    """What a file's bytes say of it: their SHA-256, and how many rows it holds, however they are to be read."""

    sha256: str
    row_count: int


def state(path: Path) -> tuple[int, int, int]:
    """What changes when somebody writes to a file: size, time of change, inode."""
    with readable():
        found: os.stat_result = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def check_magic(source: SourceFile) -> None:
    """Refuses a file of no bytes and a file whose first bytes are not those of its extension."""
    with readable(), source.path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        cause = "The file has zero bytes."
        remedy = "Expected at least a header row: export it again, or leave the file out of the delivery."
        raise FileRefusedError(cause, remedy)
    magic = MAGIC.get(source.extension)
    if magic is not None and not start.startswith(magic):
        cause = f"The file is not in the format its name says ({source.extension.lstrip('.')})."
        raise FileRefusedError(cause, "Name it after its real format, or export it again.")
    if magic is None and any(start.startswith(other) for other in MAGIC.values()):
        cause = "The file is named csv and holds compressed or Parquet data."
        raise FileRefusedError(cause, "Name it after its real format (csv.gz, csv.zst, parquet).")


def csv_header(source: SourceFile) -> tuple[str, ...]:
    """The column names of a CSV file, as written, without a byte-order mark."""
    with readable():
        start = next(source.chunks(), b"")
    if not start:
        cause = "The archive is empty."
        raise FileRefusedError(cause, "Expected at least a header row: export it again.")
    if b"\0" in start:
        raise _not_text()
    text = codecs.getincrementaldecoder("utf-8-sig")(errors="strict")
    try:
        first = text.decode(start)
        header = next(csv.reader(io.StringIO(first, newline=""), strict=True), [])
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except csv.Error:
        cause = "The header row is not comma-separated text with RFC 4180 quotes."
        raise FileRefusedError(cause, "Export the file again as plain CSV.") from None
    return tuple(header)


def column_name(written: str) -> str:
    """A header's column name as it is compared: without outer blanks, in lower case."""
    return written.strip().lower()


def sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes as they lie on disk, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def parquet_header(source: SourceFile) -> tuple[str, ...]:
    """The column names of a Parquet file as its footer has them, those of equal names, too."""
    return tuple(str(name) for name in _footer(source).schema.to_arrow_schema().names)


def _footer(source: SourceFile) -> parquet.FileMetaData:
    try:
        with readable():
            return parquet.read_metadata(source.path)
    except pa.ArrowException:
        raise damaged_parquet() from None


def damaged_parquet() -> FileRefusedError:
    """The refusal of a file that is named Parquet and cannot be read as such."""
    cause = "The file is not a readable Parquet file."
    return FileRefusedError(cause, "Copy or export it again and deliver it whole.")


def read_through(source: SourceFile) -> int:
    """How many rows a Parquet file holds in every column, read by another reader than the one that lands it.

    DuckDB takes some damaged pages for values; Arrow sees them, and checksums of pages where a file has any. What
    Arrow has no reader for it says nothing of: the footer's count is then given. Raises ``FileRefusedError``.
    """
    rows = 0
    try:
        with parquet.ParquetFile(source.path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(batch_size=ROWS_A_BATCH, use_threads=False):
                rows += batch.num_rows
    except NotImplementedError:
        return int(_footer(source).num_rows)
    except (pa.ArrowException, OSError):
        raise damaged_parquet() from None
    return rows


def inspect(source: SourceFile) -> Inspection:
    """The digest and row count of a file whose bytes can be parsed; raises ``FileRefusedError`` for any other.

    CSV text is UTF-8 without zero bytes, quoted as RFC 4180 says; archives are complete and their checksums
    hold. Rows of CSV are its records but the first, blank lines left out. Parquet is hashed and its footer read:
    ``read_through`` looks at the rest.
    """
    with readable():
        return _inspect(source)


def _inspect(source: SourceFile) -> Inspection:
    if source.is_parquet:
        return Inspection(sha256(source.path), _footer(source).num_rows)
    is_plain = source.extension not in COMPRESSIONS
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes, records = _QuoteCheck(), _RecordCount()
    has_text = False
    for chunk in source.chunks():
        text = chunk if has_text else chunk.removeprefix(codecs.BOM_UTF8)
        has_text = True
        if is_plain:
            digest.update(chunk)
        if b"\0" in chunk:
            raise _not_text()
        if not chunk.isascii() or decoder.getstate()[0]:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                raise _not_utf8() from None
        quotes.read(text)
        records.read(text)
    if decoder.getstate()[0]:
        raise _not_utf8()
    quotes.finish()
    return Inspection(digest.hexdigest() if is_plain else sha256(source.path), max(records.finish() - 1, 0))


def _not_text() -> FileRefusedError:
    cause = "The file holds zero bytes, as binary files and UTF-16 text do."
    return FileRefusedError(cause, "Expected UTF-8 text: export the file again as UTF-8 CSV.")


def _not_utf8() -> FileRefusedError:
    cause = "The text is not UTF-8 (Latin-1 or Windows-1252, perhaps)."
    return FileRefusedError(cause, "Expected UTF-8: export the file again with that encoding.")


class _RecordCount:
    """Counts the records of well-quoted CSV over chunks: runs of line ends outside of quotes, and an unended last one.

    A line end is a line feed, a carriage return or both; several in a row end one record, for blank lines are none.
    """

    def __init__(self) -> None:
        self._count = 0
        self._quotes = 0
        self._is_between = True
        """Whether what was read so far ends with a line end, or is nothing."""

    def read(self, chunk: bytes) -> None:
        """Counts the records that end in ``chunk``."""
        if not chunk:
            return
        array = np.frombuffer(chunk, dtype=np.uint8)
        ends = np.flatnonzero((array == _LINE_FEED) | (array == _CARRIAGE_RETURN))
        if self._quotes % 2 or b'"' in chunk:
            quotes = np.flatnonzero(array == _QUOTE)
            ends = ends[(np.searchsorted(quotes, ends) + self._quotes) % 2 == 0]
            self._quotes += int(quotes.size)
        if ends.size:
            self._count += int(np.count_nonzero(np.diff(ends) > 1))
            self._count += not (ends[0] == 0 and self._is_between)
        self._is_between = bool(ends.size) and int(ends[-1]) == len(chunk) - 1

    def finish(self) -> int:
        """How many records there are, the header's among them."""
        return self._count + (not self._is_between)


class _QuoteCheck:
    """Finds a quote that RFC 4180 does not allow, over chunks.

    Count the quotes of a file: every even one opens (a field, or the second half of a doubled quote), every
    odd one closes. An opening quote stands after a separator, a line break or the quote before it; a closing
    one before a separator, a line break or the quote after it. This holds for every well-quoted file and for no other.
    """

    def __init__(self) -> None:
        self._before = ord("\n")
        self._held = b""
        self._count = 0

    def read(self, chunk: bytes) -> None:
        """Checks all but the last byte, which waits for the one after it."""
        if not self._held and b'"' not in chunk:
            self._before = chunk[-1] if chunk else self._before
            return
        text = self._held + chunk
        self._held = text[-1:] if text[-1] == _QUOTE else b""
        self._check(text, len(text) - len(self._held))

    def finish(self) -> None:
        """Checks what waits for the end of the file."""
        if self._held:
            self._check(self._held + b"\n", 1)
        if self._count % 2:
            self._refuse()

    def _check(self, text: bytes, end: int) -> None:
        array = np.frombuffer(text, dtype=np.uint8)
        places = np.flatnonzero(array[:end] == _QUOTE)
        opening = places[self._count % 2 :: 2]
        closing = places[1 - self._count % 2 :: 2]
        before = array[opening - 1]
        if opening.size and opening[0] == 0:
            before[0] = self._before
        is_stray = not (_NEIGHBOURS[before].all() and _NEIGHBOURS[array[closing + 1]].all())
        if is_stray:
            self._refuse()
        self._count += int(places.size)
        self._before = text[end - 1] if end else self._before

    def _refuse(self) -> None:
        cause = "A double quote stands where RFC 4180 allows none, or a quoted field is never closed."
        remedy = (
            'Expected fields that hold a quote to be written "like ""this""": export the file again as RFC 4180 CSV.'
        )
        raise FileRefusedError(cause, remedy)
