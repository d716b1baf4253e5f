"""Makes large canonical extracts: `python -m benchmarks.generate --lines 10000000 --format csv --out DIR`.

One streaming pass of DuckDB a file, in bounded memory. Rows follow from their number and the seed alone (DuckDB's
`hash` of it), so the same call of the same DuckDB version makes the same bytes, with any number of workers.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks import blocks
from pipelines.ground.warehouse import identifier, literal, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.ground.warehouse import Connection

Choice = TypeVar("Choice")

SQL = Path(__file__).parent / "sql"
AS_OF = date(2026, 6, 30)
"""The last day of the generated history, and the run date of the measured runs."""
FIRST_DAY, DAY_COUNT = date(2022, 7, 1), 1461
RECENT_DAY, RECENT_DAY_COUNT = date(2026, 5, 17), 45
"""The days of a delivery on top of an earlier one."""

LINES_PER_FILE = 1_000_000
WIDE_COLUMNS = 25

PROFESSIONAL = (
    *("99213", "99214", "99213", "80053", "85025", "99203", "36415", "93000", "97110", "97140"),
    *("99213", "99214", "99213", "80053", "85025", "99203", "36415", "93000", "98941", "90834"),
    *("72148", "72100", "83036", "80061", "99396", "90686", "20610", "97530", "99214", "99213"),
)
"""What a professional line is for; some of it is therapy, which ordinary members have, too."""
FACILITY: tuple[tuple[str | None, str | None], ...] = (
    ("0450", "99284"),
    ("0300", "80053"),
    ("0300", "85025"),
    ("0320", "71046"),
    ("0420", "97110"),
    ("0250", None),
    ("0636", "J1885"),
    ("0270", None),
    ("0510", "G0463"),
    ("0360", "45378"),
    ("0370", None),
    ("0730", "93005"),
)
DIAGNOSES = (
    *("I10", "E119", "E785", "J069", "Z0000", "K219", "F411", "N390"),
    *("M1711", "R079", "J189", "E669", "Z23", "D649", "M5450", "M5416"),
)
"""What ordinary claims are for; two of sixteen speak of the back."""
DRUGS = (
    ("5640", None, "IBUPROFEN 600 MG TABLET", "5640"),
    (None, "99999020230", "", "72625"),
    ("29046", None, "LISINOPRIL 10 MG TABLET", None),
    ("6809", None, "METFORMIN HCL 500 MG TABLET", None),
    ("83367", None, "ATORVASTATIN 20 MG TABLET", None),
    ("25480", None, "GABAPENTIN 300 MG CAPSULE", None),
    ("161", None, "ACETAMINOPHEN 500 MG TABLET", None),
    (None, "99999010130", "", "5640"),
)


@dataclass(frozen=True)
class Order:
    """What to make: how many lines, in which format, where; on top of how many earlier lines; stories how often."""

    lines: int
    file_format: str
    out: Path
    seed: int = 1
    is_wide: bool = False
    lines_per_file: int = LINES_PER_FILE
    on_top_of: int = 0
    workers: int = 2
    blocks_per_story: int = blocks.BLOCKS_PER_STORY


@dataclass(frozen=True)
class Part:
    """One file to make: its name without ending, its table, and the rows [first, end) it holds."""

    name: str
    table: str
    first: int
    end: int


def proportional(lines: int, per_block: int, places: Sequence[tuple[int, ...]] | None = None) -> int:
    """The number of rows of a table that belong to the first ``lines`` lines.

    Whole blocks have ``per_block`` rows; of a block begun, only the rows of claims begun are there (``places`` has the
    claim of each row of a block; without it, the rows of a block begun are all there).
    """
    whole, rest = divmod(lines, blocks.LINES_PER_BLOCK)
    if rest == 0:
        return whole * per_block
    if places is None:
        return (whole + 1) * per_block
    last_claim = blocks.LINES[rest - 1].claim_place
    return whole * per_block + sum(1 for place in places if place[2] <= last_claim)


def row_counts(lines: int) -> dict[str, int]:
    """The number of rows (or of blocks looked at, for the two small tables) of each table for ``lines`` lines."""
    return {
        "medical_claim": lines,
        "claim_diagnosis": proportional(lines, blocks.DIAGNOSES_PER_BLOCK, blocks.DIAGNOSES),
        "pharmacy_claim": lines * blocks.FILLS_PER_BLOCK // blocks.LINES_PER_BLOCK,
        "eligibility": proportional(lines, blocks.SPANS_PER_BLOCK),
        "prior_authorization": proportional(lines, 1),
        "care_documentation": proportional(lines, 1),
    }


def parts(order: Order) -> Iterator[Part]:
    """Every file of the order; large tables in files of about ``lines_per_file`` rows, cut between blocks."""
    before = row_counts(order.on_top_of)
    for table, count in row_counts(order.on_top_of + order.lines).items():
        if table == "claim_diagnosis" and order.is_wide:
            continue
        first = before[table]
        per_block = blocks.LINES_PER_BLOCK * max(order.lines_per_file // blocks.LINES_PER_BLOCK, 1)
        starts = range(first, count, per_block) if count - first > per_block else range(first, first + 1)
        for number, start in enumerate(starts, start=1):
            name = f"{table}_{number:04}" if len(starts) > 1 else table
            yield Part(name, table, start, min(start + per_block, count))
    yield Part("drug_crosswalk", "drug_crosswalk", 0, 0)


def in_turn(choices: Sequence[Choice], slots: int) -> list[Choice]:
    """The choices again and again, one a slot."""
    return [choices[slot % len(choices)] for slot in range(slots)]


def small_tables() -> dict[str, tuple[str, Sequence[tuple[object, ...]]]]:
    """The columns and rows of each small table that the models read, by its name."""
    services = [(None, code) for code in in_turn(PROFESSIONAL, 40)] + in_turn(FACILITY, 24)
    story_lines = blocks.story_lines()
    story_diagnoses = {
        (line.kind, line.claim_of_member, rank, code)
        for line in story_lines
        for rank, code in ((1, line.first_diagnosis), (2, line.second_diagnosis))
        if code is not None
    }
    return {
        "line_place": (
            (
                "place integer, member_place integer, claim_place integer, claim_of_member integer, "
                "line_number integer, diagnosis_count integer"
            ),
            blocks.LINES,
        ),
        "diagnosis_place": (
            "place integer, member_place integer, claim_place integer, claim_of_member integer, rank integer",
            blocks.DIAGNOSES,
        ),
        "span_place": (
            "place integer, member_place integer, span_number integer, span_count integer",
            [(place, *span) for place, span in enumerate(blocks.SPANS)],
        ),
        "story": ("kind integer, care varchar", [(story.kind, story.care) for story in blocks.STORIES]),
        "story_line": (
            (
                "kind integer, claim_of_member integer, line_number integer, hcpcs varchar, revenue varchar, "
                "modifier varchar, days_from_anchor integer, paid integer, is_facility boolean, "
                "first_diagnosis varchar, second_diagnosis varchar"
            ),
            story_lines,
        ),
        "story_diagnosis": (
            "kind integer, claim_of_member integer, rank integer, code varchar",
            sorted(story_diagnoses),
        ),
        "service": (
            "slot integer, revenue varchar, hcpcs varchar",
            [(slot, *service) for slot, service in enumerate(services)],
        ),
        "drug": (
            "slot integer, rxnorm varchar, ndc varchar, name varchar, ingredient varchar",
            [(slot, *drug) for slot, drug in enumerate(DRUGS)],
        ),
    }


def variables(order: Order) -> dict[str, str]:
    """The value, as SQL, of each variable that the models read."""
    is_on_top = order.on_top_of > 0
    return {
        "lines_per_block": str(blocks.LINES_PER_BLOCK),
        "claims_per_block": str(blocks.CLAIMS_PER_BLOCK),
        "diagnoses_per_block": str(blocks.DIAGNOSES_PER_BLOCK),
        "members_per_block": str(blocks.MEMBERS_PER_BLOCK),
        "spans_per_block": str(blocks.SPANS_PER_BLOCK),
        "fills_per_block": str(blocks.FILLS_PER_BLOCK),
        "blocks_per_story": str(order.blocks_per_story),
        "story_block": str(blocks.STORY_BLOCK * order.blocks_per_story // blocks.BLOCKS_PER_STORY),
        "story_member": str(blocks.STORY_MEMBER),
        "story_kinds": str(len(blocks.STORIES)),
        "base_blocks": str(order.on_top_of // blocks.LINES_PER_BLOCK),
        "salt": str(order.seed * 1_000_003),
        "first_day": f"date {literal(RECENT_DAY if is_on_top else FIRST_DAY)}",
        "day_count": str(RECENT_DAY_COUNT if is_on_top else DAY_COUNT),
        "diagnosis_codes": f"[{', '.join(literal(code) for code in DIAGNOSES)}]",
        "diagnosis_code_count": str(len(DIAGNOSES)),
    }


def make_small_tables(connection: Connection) -> None:
    """Makes the small tables that the models in `sql/` read."""
    for name, (columns, rows) in small_tables().items():
        values = ", ".join(f"({', '.join(map(constant, row))})" for row in rows)
        connection.execute(f"create table {identifier(name)} ({columns})")
        connection.execute(f"insert into {identifier(name)} values {values}")


def constant(value: object) -> str:
    """``value`` as a SQL constant."""
    if value is None:
        return "null"
    return literal(value) if isinstance(value, str) else str(value)


def query(table: str, *, is_wide: bool) -> str:
    """The model of ``table``; of claim lines, with the diagnoses in 25 columns or without them."""
    model = (SQL / f"{table}.sql").read_text(encoding="utf-8")
    if table != "medical_claim":
        return model
    if not is_wide:
        return f"select * exclude (diagnosis_code_type, diagnosis_code_1, diagnosis_code_2) from ({model})"
    empty = ", ".join(f"null::varchar as diagnosis_code_{rank}" for rank in range(3, WIDE_COLUMNS + 1))
    return f"select *, {empty} from ({model})"


def generate(order: Order) -> dict[str, int]:
    """The rows made, by table; the files stand in ``order.out``."""
    order.out.mkdir(parents=True, exist_ok=True)
    options = "format parquet, compression snappy" if order.file_format == "parquet" else "format csv, header"
    made: Counter[str] = Counter()
    with open_warehouse(threads=1) as connection, ThreadPoolExecutor(order.workers) as pool:
        make_small_tables(connection)
        for part, rows in pool.map(lambda part: make(part, order, options, connection.cursor()), parts(order)):
            made[part.table] += rows
    return dict(made)


def make(part: Part, order: Order, options: str, connection: Connection) -> tuple[Part, int]:
    """The part and the number of rows written for it, on a connection of its own: `range()` feeds one thread only."""
    for name, value in {**variables(order), "first_row": str(part.first), "end_row": str(part.end)}.items():
        connection.execute(f"set variable {name} = {value}")
    target = order.out / f"{part.name}.{order.file_format}"
    rows = connection.execute(
        f"copy ({query(part.table, is_wide=order.is_wide)}) to {literal(target)} ({options})"
    ).fetchall()
    return part, int(rows[0][0])


def main() -> None:
    """Makes the extracts that the arguments ask for, and says how many rows of each table and how long it took."""
    parser = argparse.ArgumentParser(description="Make large synthetic extracts in the canonical layout.")
    parser.add_argument("--lines", type=int, required=True, help="claim lines")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", dest="file_format")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wide", action="store_true", dest="is_wide", help="diagnoses in columns of the claim line")
    parser.add_argument("--lines-per-file", type=int, default=LINES_PER_FILE)
    parser.add_argument("--on-top-of", type=int, default=0, help="earlier lines that this delivery follows")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    order = Order(**vars(parser.parse_args()))
    started = time.perf_counter()
    made = generate(order)
    seconds = time.perf_counter() - started
    size = sum(path.stat().st_size for path in order.out.iterdir() if path.is_file())
    for table, rows in made.items():
        sys.stdout.write(f"{table:20} {rows:>13,} rows\n")
    sys.stdout.write(f"{seconds:.1f} s, {size / 1e6:,.0f} MB in {order.out}\n")


if __name__ == "__main__":
    main()
