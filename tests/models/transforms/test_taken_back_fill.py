"""Fills that reversed rows take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

HEADER = (
    "member_id | claim_id | line_key | days_supply | takes_fill_back | can_be_taken_back "
    "| delivery_number | file_number | source_row"
)


def line(row: int, kind: str, days: int, *, of: str = "ada | P1 | 1", delivery: int = 1, file: int = 1) -> str:
    """A fill, reversed row or other row of one line, by default of one line of one claim, delivered as row ``row``."""
    takes, taken = kind == "reversed", kind == "fill"
    return f"{of} | {days} | {takes} | {taken} | {delivery} | {file} | {row}"


@pytest.mark.parametrize(
    ("rows", "pairs"),
    [
        ([line(1, "fill", 30), line(2, "reversed", 30)], [("1", "2")]),
        ([line(1, "reversed", 30), line(2, "fill", 30)], [("2", "1")]),
        ([line(1, "fill", 30), line(2, "fill", 14), line(3, "reversed", 14)], [("2", "3")]),
        ([line(1, "fill", 30), line(2, "fill", 14), line(3, "reversed", 20)], [("1", "3")]),
        ([line(1, "fill", 30), line(2, "fill", 30), line(3, "reversed", 30)], [("1", "3")]),
        ([line(1, "fill", 30), line(2, "reversed", 30), line(3, "reversed", 30)], [("1", "2")]),
        (
            [line(1, "fill", 14), line(2, "fill", 30), line(3, "reversed", 20), line(4, "reversed", 14)],
            [("1", "3"), ("2", "4")],
        ),
        ([line(1, "other", 30), line(2, "reversed", 30)], []),
        ([line(1, "fill", 30), line(2, "reversed", 30, of="ada | P1 | 2")], []),
        ([line(1, "fill", 30), line(2, "reversed", 30, of="ada | P2 | 1")], []),
        ([line(1, "fill", 30), line(2, "reversed", 30, of="bea | P1 | 1")], []),
        ([line(1, "fill", 30, of="ada | P1 | "), line(2, "reversed", 30, of="ada | P1 | ")], [("1", "2")]),
        ([line(1, "fill", 30, of="ada | P1 | "), line(2, "reversed", 30)], []),
    ],
)
def test_a_reversed_row_takes_one_fill_of_its_line_of_equal_days_first_then_the_first_delivered(
    transform: RunModel, rows: list[str], pairs: list[tuple[str, str]]
) -> None:
    made = transform("taken_back_fill", {"intermediate.delivered_fill": "\n".join([HEADER, *rows])})

    assert made.in_order("source_row", "reversal_source_row") == pairs


def test_first_delivered_goes_by_delivery_then_file_then_row(transform: RunModel) -> None:
    fills = [line(1, "fill", 30, delivery=2), line(2, "fill", 30, file=2), line(4, "fill", 30), line(3, "fill", 30)]

    made = transform(
        "taken_back_fill",
        {"intermediate.delivered_fill": "\n".join([HEADER, *fills, line(9, "reversed", 30, delivery=3)])},
    )

    assert made.row("delivery_number", "file_number", "source_row") == ("1", "1", "3")
