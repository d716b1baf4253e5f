"""Makes the sample: `python -m sample_data.generate` from the repository root writes the same bytes every time.

Two deliveries: `extracts/` with every feed and long diagnoses, and `without_feeds/` with claims in the wide form
and eligibility only. Beside them `expected/`: what the rule makes of each planted member, reasoned by hand in
`sample_data/stories/`, and what landing must find in each file.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sample_data import stories
from sample_data.ordinary import ordinary_members
from sample_data.story import MAIN, STORIES, WITHOUT_FEEDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sample_data.member import Member, Row

__all__ = ["AS_OF", "generate", "stories"]

AS_OF = date(2026, 6, 30)
"""The run date that the expected results are for."""

SEED = 20260630
ORDINARY_MEMBERS = 300
ORDINARY_MEMBERS_WITHOUT_FEEDS = 12
COLUMNS_FILE = Path(__file__).parent.parent / "sql" / "extracts.csv"
SPLIT_ON = "2025-01-01"
"""Claim lines from this day on stand in the second, zipped file."""

DRUG_CROSSWALK = (
    ("ndc", "99999010130", "5640"),
    ("ndc", "99999020230", "72625"),
    ("rxnorm", "9000001", "7258"),
)


@dataclass(frozen=True)
class BadRow:
    """One row that landing must set aside, and why."""

    table: str
    column: str
    why: str
    row: Row


@dataclass(frozen=True)
class ExtractFile:
    """One file of a delivery: its name, its table, its header and its rows in order."""

    name: str
    table: str
    columns: list[str]
    rows: list[Row]


def bad_rows() -> list[BadRow]:
    """Seven rows, each wrong in its own way, all of ordinary members."""
    line = {
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "M0001",
        "claim_line_start_date": "2024-03-05",
        "hcpcs_code": "99213",
        "paid_amount": "80.00",
        "paid_date": "2024-03-26",
        "claim_status": "paid",
        "data_source": "synthetic",
    }
    fill = {
        "claim_line_number": "1",
        "member_id": "M0002",
        "dispensing_date": "2024-05-06",
        "rxnorm_code": "5640",
        "days_supply": "30",
        "claim_status": "paid",
    }
    return [
        BadRow(
            "medical_claim", "member_id", "a required value is missing", {**line, "claim_id": "BAD-1", "member_id": ""}
        ),
        BadRow(
            "medical_claim",
            "claim_line_start_date",
            "no such day: the thirteenth month",
            {**line, "claim_id": "BAD-2", "claim_line_start_date": "2024-13-05"},
        ),
        BadRow(
            "medical_claim",
            "paid_amount",
            "the letter O stands in a number",
            {**line, "claim_id": "BAD-3", "paid_amount": "8O.00"},
        ),
        BadRow(
            "medical_claim",
            "claim_type",
            "a claim type outside its list",
            {**line, "claim_id": "BAD-4", "claim_type": "dental", "claim_line_start_date": "2025-03-05"},
        ),
        BadRow(
            "claim_diagnosis",
            "diagnosis_rank",
            "a rank below 1",
            {
                "claim_id": "M0003-001",
                "diagnosis_rank": "0",
                "diagnosis_code": "I10",
                "diagnosis_code_type": "icd-10-cm",
            },
        ),
        BadRow(
            "pharmacy_claim", "days_supply", "more than 999 days", {**fill, "claim_id": "BAD-5", "days_supply": "3000"}
        ),
        BadRow(
            "pharmacy_claim",
            "dispensing_date",
            "more than a year after the run date",
            {**fill, "claim_id": "BAD-6", "dispensing_date": "2042-05-06"},
        ),
    ]


def header(table: str, *, wide: bool) -> list[str]:
    """The columns of ``table`` in the order of the canonical layout; diagnoses of the line only if ``wide``."""
    with COLUMNS_FILE.open(encoding="utf-8", newline="") as file:
        columns = [row["column_name"] for row in csv.DictReader(file) if row["table_name"] == table]
    if table in {"claim_diagnosis", "claim_procedure"}:
        return [column for column in columns if column != "member_id"]
    left_out = ("procedure_",) if wide else ("procedure_", "diagnosis_code")
    return [column for column in columns if table != "medical_claim" or not column.startswith(left_out)]


def gathered(members: Iterable[Member]) -> dict[str, list[Row]]:
    """The rows of all members by table, in one order whatever the order of the members."""
    tables: dict[str, list[Row]] = {}
    for member in members:
        for table, rows in member.rows.items():
            tables.setdefault(table, []).extend(rows)
    return tables


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows by the day they speak of, then by their ids: as an extract would list them."""
    days = ("claim_line_start_date", "dispensing_date", "enrollment_start_date", "valid_from", "document_date")
    ids = ("claim_id", "member_id", "diagnosis_rank", "procedure_rank", "claim_line_number", "document_id", "paid_date")
    return sorted(rows, key=lambda row: [row.get(name, "") for name in (*days, *ids)])


def with_repeats(rows: list[Row], repeated: Iterable[int]) -> list[Row]:
    """The rows, those at the given places delivered twice in a row."""
    twice = set(repeated)
    return [copy for place, row in enumerate(rows) for copy in ([row, dict(row)] if place in twice else [row])]


def widened(lines: list[Row], diagnoses: list[Row]) -> list[Row]:
    """The claim lines with the diagnoses of their claim in columns by rank."""
    by_claim: dict[str, Row] = {}
    for row in diagnoses:
        columns = by_claim.setdefault(row["claim_id"], {"diagnosis_code_type": row["diagnosis_code_type"]})
        columns[f"diagnosis_code_{row['diagnosis_rank']}"] = row["diagnosis_code"]
    return [{**line, **by_claim[line["claim_id"]]} for line in lines]


def main_delivery() -> list[ExtractFile]:
    """The files of the delivery with every feed: bad rows and repeats included."""
    planted = (story.member() for story in STORIES if story.delivery == MAIN)
    tables = gathered([*planted, *ordinary_members(ORDINARY_MEMBERS, seed=SEED)])
    for bad in bad_rows():
        tables[bad.table].append(bad.row)
    tables["drug_crosswalk"] = [
        {"from_system": system, "from_code": code, "rxnorm_ingredient": ingredient}
        for system, code, ingredient in DRUG_CROSSWALK
    ]
    lines = in_order(tables.pop("medical_claim"))
    early = [line for line in lines if line["claim_line_start_date"] < SPLIT_ON]
    late = [line for line in lines if line["claim_line_start_date"] >= SPLIT_ON]
    trial = next(
        place for place, line in enumerate(late) if line["member_id"] == "S-NONE-01" and line["hcpcs_code"] == "63650"
    )
    columns = header("medical_claim", wide=False)
    files = [
        ExtractFile("medical_claim_2023_2024.csv", "medical_claim", columns, with_repeats(early, [40])),
        ExtractFile(
            "medical_claim_2025_2026.csv.gz", "medical_claim", columns, [dict(early[700]), *with_repeats(late, [trial])]
        ),
    ]
    repeated = {"claim_diagnosis": [75], "pharmacy_claim": [20]}
    for table, rows in sorted(tables.items()):
        ordered = rows if table == "drug_crosswalk" else in_order(rows)
        files.append(
            ExtractFile(
                f"{table}.csv", table, header(table, wide=False), with_repeats(ordered, repeated.get(table, []))
            )
        )
    return files


def delivery_without_feeds() -> list[ExtractFile]:
    """The files of the delivery with claims in the wide form and eligibility, and nothing else."""
    planted = (story.member() for story in STORIES if story.delivery == WITHOUT_FEEDS)
    tables = gathered([*planted, *ordinary_members(ORDINARY_MEMBERS_WITHOUT_FEEDS, seed=SEED)])
    lines = widened(in_order(tables["medical_claim"]), tables["claim_diagnosis"])
    return [
        ExtractFile("medical_claim.csv", "medical_claim", header("medical_claim", wide=True), lines),
        ExtractFile(
            "eligibility.csv", "eligibility", header("eligibility", wide=False), in_order(tables["eligibility"])
        ),
    ]


def csv_bytes(columns: list[str], rows: Iterable[Row]) -> bytes:
    """The rows as CSV; a value without a column of its own is a fault of the story and raises."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def expected_reviews(delivery: str) -> list[Row]:
    """One row a planted episode: what the rule makes of it, by the author's reasoning."""
    return [
        {
            "member_id": story.member_id,
            "anchor_date": expected.anchor.isoformat(),
            "outcome": expected.outcome,
            "outcome_reason": expected.reason,
            "exclusion_reasons": ";".join(expected.exclusions),
            "notes": ";".join(expected.notes),
            "episode_kind": expected.kind,
            "paid_amount": expected.paid,
            "payment_stage": expected.stage,
            "why": story.why,
        }
        for story in sorted(STORIES, key=lambda story: story.member_id)
        if story.delivery == delivery
        for expected in story.member().expected
    ]


def expected_rejections(files: Iterable[ExtractFile]) -> list[Row]:
    """One row a bad row: where it stands (rows count from 1 after the header) and what is wrong with it."""
    bad_by_row = [(bad.row, bad) for bad in bad_rows()]
    return [
        {
            "file_name": file.name,
            "table_name": file.table,
            "source_row": str(place),
            "column_name": bad.column,
            "why": bad.why,
        }
        for file in sorted(files, key=lambda file: file.name)
        for place, row in enumerate(file.rows, start=1)
        for bad_row, bad in bad_by_row
        if bad.table == file.table and bad_row == row
    ]


def expected_files(files: list[ExtractFile], rejections: list[Row]) -> list[Row]:
    """One row a file: its rows, and of them loaded, repeated (the last copy is the loaded one) and rejected."""
    rejected = Counter(row["file_name"] for row in rejections)
    last_seen: dict[tuple[str, ...], str] = {}
    repeats: Counter[str] = Counter()
    for file in sorted(files, key=lambda file: file.name.encode()):
        for row in file.rows:
            key = (file.table, *(row.get(column, "") for column in file.columns))
            if key in last_seen:
                repeats[last_seen[key]] += 1
            last_seen[key] = file.name
    return [
        {
            "file_name": file.name,
            "table_name": file.table,
            "row_count": str(len(file.rows)),
            "loaded_count": str(len(file.rows) - repeats[file.name] - rejected[file.name]),
            "repeat_count": str(repeats[file.name]),
            "rejected_count": str(rejected[file.name]),
        }
        for file in sorted(files, key=lambda file: file.name)
    ]


def write_csv(path: Path, rows: list[Row]) -> None:
    """Writes the rows with the columns of the first one."""
    path.write_bytes(csv_bytes(list(rows[0]), rows))


def generate(folder: Path) -> None:
    """Writes both deliveries and what is expected of them below ``folder``."""
    deliveries = {MAIN: main_delivery(), WITHOUT_FEEDS: delivery_without_feeds()}
    for delivery, files in deliveries.items():
        (folder / delivery).mkdir(parents=True, exist_ok=True)
        for file in files:
            content = csv_bytes(file.columns, file.rows)
            if file.name.endswith(".gz"):
                content = gzip.compress(content, mtime=0)
            (folder / delivery / file.name).write_bytes(content)
    expected = folder / "expected"
    expected.mkdir(exist_ok=True)
    rejections = expected_rejections(deliveries[MAIN])
    write_csv(expected / "episode_review.csv", expected_reviews(MAIN))
    write_csv(expected / "episode_review_without_feeds.csv", expected_reviews(WITHOUT_FEEDS))
    write_csv(expected / "rejected_row.csv", rejections)
    write_csv(expected / "delivered_file.csv", expected_files(deliveries[MAIN], rejections))
    write_csv(
        expected / "member_without_episode.csv",
        [
            {"member_id": story.member_id, "why": story.why}
            for story in sorted(STORIES, key=lambda story: story.member_id)
            if not story.member().expected
        ],
    )


def main() -> None:
    """Writes the sample into this folder, or into the one named."""
    parser = argparse.ArgumentParser(description="Make the synthetic sample extracts and their expected results.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    generate(parser.parse_args().folder)


if __name__ == "__main__":
    main()
