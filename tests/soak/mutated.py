"""The landing soak: mutated files are landed or refused, and an independent reader counts what landed.

`python -m tests.soak.mutated --files 1000` writes claim lines as CSV, gzip, zstd and Parquet in many spellings, changes
a few bytes of each (before or after they are packed), and lands it. A file that landed must have as many rows as
Python's own `csv`, or Arrow, finds in it, each of them loaded, a repeat or set aside; one that those cannot read must
be refused. A refusal is exit 3 with the name of the file. It prints what differs and the figures, and ends with 1 then.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import shutil
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from pipelines.ground.errors import ExitCode, StimauditError
from pipelines.intake.land import LandingRules, land
from tests.intake.landing import DIAGNOSES, deliver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from pipelines.intake.land import Landing

AS_OF = date(2026, 6, 30)
HEADER = ["claim_id", "claim_line_number", "claim_type", "member_id", "claim_line_start_date", "paid_amount",
          "hcpcs_code", "place_of_service_name"]  # fmt: skip
TEXTS = ("", "plain", 'with "quotes"', "a, comma", "two\nlines", "two\r\nlines", "ünïcode", " blanks ", "'", "\\", "=1")
INSERTED = (b'"', b"\n", b"\r\n", b"\r", b",", b'""', b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n\n", b'"\n', b'\n"', b" ")
TOLD_EVERY = 100
FORMS = ("csv", "csv.gz", "csv.zst", "parquet")


def rows_of(chance: Random) -> list[list[str]]:
    """Some claim lines, a few of them bad, a few of them twice."""
    rows = [
        [
            f"C{number:03d}", str(number % 3 + 1), chance.choice(("professional", "institutional", "odd")),
            f"m{number % 7}", f"2026-0{number % 6 + 1}-1{number % 9}", chance.choice(("10.50", "0", "", "x")),
            chance.choice(("63650", "63685", "97110", "")), chance.choice(TEXTS),
        ]
        for number in range(chance.randint(1, 40))
    ]  # fmt: skip
    return [*rows, *chance.sample(rows, chance.randint(0, min(3, len(rows))))]


def csv_bytes(rows: Sequence[Sequence[str]], chance: Random) -> bytes:
    """The rows as CSV in one of the spellings that senders have."""
    out = io.StringIO(newline="")
    quoting: Literal[0, 1] = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(out, quoting=quoting, lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerow(HEADER)
    writer.writerows(rows)
    text = out.getvalue()
    if chance.random() < 0.2:
        text = text.rstrip("\r\n")
    return chance.choice((b"", b"", b"", b"\xef\xbb\xbf")) + text.encode()


def parquet_bytes(rows: Sequence[Sequence[str]], chance: Random) -> bytes:
    """The rows as Parquet, in pages and groups of some size."""
    table = pa.table({name: [row[place] or None for row in rows] for place, name in enumerate(HEADER)})
    out = io.BytesIO()
    parquet.write_table(
        table, out, compression=chance.choice(("snappy", "zstd", "none")), row_group_size=chance.choice((5, 1000)),
        use_dictionary=chance.random() < 0.5, write_page_checksum=chance.random() < 0.5,
    )  # fmt: skip
    return out.getvalue()


def mutated(content: bytes, chance: Random) -> bytes:
    """``content`` with up to four bytes or pieces changed, or none."""
    found = bytearray(content)
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(6):
            case 0 if place < len(found):
                found[place] ^= 1 << chance.randrange(8)
            case 1:
                del found[place : place + chance.choice((1, 2, 30))]
            case 2:
                found[place:place] = chance.choice(INSERTED)
            case 3:
                del found[place:]
            case 4:
                found[place:place] = found[max(0, place - 40) : place]
            case _:
                found += chance.choice(INSERTED)
        if not found:
            break
    return bytes(found)


def packed(content: bytes, form: str) -> bytes:
    """CSV bytes as a file of that form."""
    if form == "csv.gz":
        return gzip.compress(content, mtime=0)
    if form == "csv.zst":
        return bytes(pa.Codec("zstd").compress(content, asbytes=True))
    return content


def unpacked(content: bytes, form: str) -> bytes:
    """The CSV bytes of a file; raises what the independent reader raises."""
    if form == "csv.gz":
        return gzip.decompress(content)
    if form == "csv.zst":
        with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
            return bytes(stream.read())
    return content


def counted(content: bytes, form: str, columns: Sequence[str], *, checksums: bool = False) -> int:
    """The rows that a reader of others finds; raises ``ValueError`` where it cannot read the file.

    Of Parquet the ``columns`` that landing reads: what is spoiled in another one loses no row.
    """
    try:
        if form == "parquet":
            known = [name for name in parquet.read_schema(io.BytesIO(content)).names if name.lower() in columns]
            table = parquet.read_table(io.BytesIO(content), columns=known, page_checksum_verification=checksums)
            table.validate(full=True)
            return int(table.num_rows)
        text = unpacked(content, form).decode("utf-8-sig")
        records = [record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowException, ValueError) as fault:
        raise ValueError(type(fault).__name__) from None
    return len(records) - 1


def is_whole(content: bytes, columns: Sequence[str]) -> bool:
    """Whether the pages of a Parquet file have the checksums that they carry; no reader asks for it by itself."""
    try:
        counted(content, "parquet", columns, checksums=True)
    except ValueError:
        return False
    return True


class Sitting:
    """Files landed one by one, and what was found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ends: Counter[str] = Counter()
        self.faults: list[str] = []

    def fault(self, text: str, content: bytes, form: str) -> None:
        self.faults.append(text)
        kept = self.folder.parent / f"{self.folder.name}-{len(self.faults)}.{form}"
        kept.write_bytes(content)
        sys.stdout.write(f"FAULT {text}; the file is kept as {kept}\n")
        sys.stdout.flush()

    def try_file(self, number: int, content: bytes, form: str) -> None:
        name = f"medical_claim.{form}"
        extracts, landed = self.folder / "extracts", self.folder / "landed"
        for folder in (extracts, landed):
            shutil.rmtree(folder, ignore_errors=True)
        deliver(extracts, {name: content, "claim_diagnosis.csv": DIAGNOSES})
        try:
            landing = land(extracts, landed=landed, as_of=AS_OF, rules=LandingRules(max_rejected_share=1.0))
        except StimauditError as refusal:
            self.ends[f"{form} refused"] += 1
            if refusal.exit_code != ExitCode.REFUSED or name not in str(refusal):
                self.fault(f"file {number} ({form}): exit {int(refusal.exit_code)}: {refusal}", content, form)
            return
        except Exception as fault:  # noqa: BLE001 - whatever else comes out is the finding
            self.fault(f"file {number} ({form}): {type(fault).__name__}", content, form)
            return
        self.ends[f"{form} landed"] += 1
        self.hold(number, landing, content, form)

    def hold(self, number: int, landing: Landing, content: bytes, form: str) -> None:
        """Holds what landed against the independent reader."""
        [file] = [each for each in landing.files if each.file_name.startswith("medical_claim")]
        told = f"file {number} ({form}): {file.row_count} rows landed"
        if file.row_count != file.loaded_count + file.repeat_count + file.rejected_count:
            self.fault(f"{told}, and {file} does not add up", content, form)
        try:
            found = counted(content, form, file.columns)
        except ValueError as cause:
            self.fault(f"{told}, and the independent reader refuses the file ({cause})", content, form)
            return
        if form == "parquet" and not is_whole(content, file.columns):
            self.ends["parquet landed with a page of another checksum"] += 1
        if found != file.row_count:
            self.fault(f"{told}, and the independent reader finds {found}", content, form)


def main(arguments: Sequence[str] | None = None) -> int:
    """Lands the files and says what differed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="stimaudit-soak-") as folder:
        sitting = Sitting(Path(folder))
        for number in range(asked.files):
            chance = random.Random(f"{asked.seed}|{number}")
            form = FORMS[number % len(FORMS)]
            make: Callable[[Sequence[Sequence[str]], Random], bytes] = parquet_bytes if form == "parquet" else csv_bytes
            content = make(rows_of(chance), chance)
            inside = form != "parquet" and chance.random() < 0.7
            content = packed(mutated(content, chance), form) if inside else mutated(packed(content, form), chance)
            sitting.try_file(number, content, form)
            if number % TOLD_EVERY == TOLD_EVERY - 1:
                sys.stdout.write(f"  {number + 1} files, {len(sitting.faults)} faults\n")
                sys.stdout.flush()
        ends = dict(sorted(sitting.ends.items()))
        sys.stdout.write(f"{asked.files} files, {ends}, seed {asked.seed}\n{len(sitting.faults)} faults\n")
    return 1 if sitting.faults else 0


if __name__ == "__main__":
    sys.exit(main())
