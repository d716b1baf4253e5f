"""Delivered rows that differ in one known column, which are no repeats of each other."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = {
    "date": ("2025-01-01", "2025-01-02"),
    "open_start_date": ("2025-01-01", "2025-01-02"),
    "open_end_date": ("2025-12-30", "2025-12-31"),
    "birth_date": ("1950-01-01", "1950-01-02"),
    "amount": ("1.00", "2.00"),
    "unread_amount": ("1.00", "2.00"),
    "quantity": ("1", "2"),
    "integer": ("1", "2"),
    "rank": ("1", "2"),
    "days_supply": ("1", "2"),
    "boolean": ("true", "false"),
}
"""Two values of each kind of column that is no text."""

CANDIDATE_MEMBERS = "member_id\nA\nB"
CANDIDATE_IDENTIFIERS = "delivered_member_id | member_id\nA | A\nB | B"
CANDIDATE_CLAIMS = "claim_id\nA\nB"


def known_columns(table: str) -> dict[str, tuple[str, str]]:
    """Every column that a delivery of ``table`` may have, with two values of its kind."""
    with (ROOT / "sql" / "extracts.csv").open(encoding="utf-8", newline="") as lines:
        return {
            line["column_name"]: SAMPLES.get(line["kind"], ("A", "B"))
            for line in csv.DictReader(lines)
            if line["table_name"] == table
        }


def one_apart(table: str) -> str:
    """A row of ``table``, the same row delivered again later, and one row a column that differs in it alone.

    The first row is source row 1, its repeat 2, and the others follow in the order of ``known_columns``.
    """
    columns = known_columns(table)
    return "\n".join(
        [
            " | ".join([*columns, "delivery_number", "file_number", "source_row"]),
            *(
                " | ".join([*cells, "1" if number == 1 else "2", "1", str(number)])
                for number, cells in enumerate(_cells(columns), start=1)
            ),
        ]
    )


def kept(table: str) -> list[str]:
    """The source rows of ``one_apart`` that stay: all but the first, of which a later copy came."""
    return sorted(str(number) for number in range(2, len(known_columns(table)) + 3))


def _cells(columns: dict[str, tuple[str, str]]) -> Iterator[list[str]]:
    first = [values[0] for values in columns.values()]
    yield first
    yield first
    for place, values in enumerate(columns.values()):
        yield [*first[:place], values[1], *first[place + 1 :]]
