"""The days that a feed can speak of."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.model_bench import RunModel


EVER = ("0001-01-01", "9999-12-31")


def reach(
    model: RunModel,
    counts: Sequence[int],
    *,
    min_rows: int = 10,
    busy_share: str = "0.1",
    newest: str | None = None,
    told: str = "",
) -> list[tuple[str | None, ...]]:
    """The runs of days of medical_claim with these rows a month from January 2025 on; the last row is of ``newest``."""
    months = [(f"{2025 + place // 12}-{place % 12 + 1:02d}", count) for place, count in enumerate(counts)]
    rows = "\n".join(
        f"medical_claim | {month}-01 | {count} | {newest if newest and newest[:7] == month else _end(month)}"
        for month, count in months
        if count
    )
    made = model(
        "staging.feed_reach",
        {
            "staging.feed_month": f"table_name | month_start_date | row_count | newest_date\n{rows}",
            "run_facts.reach_given": f"table_name | first_date | last_date\n{told}",
            "policies.default_policy": f"reach_min_rows | reach_busy_share\n{min_rows} | {busy_share}",
        },
    )
    assert ("pharmacy_claim", *EVER) in made.rows("table_name", "first_date", "last_date")
    return [row[1:] for row in made.in_order("table_name", "first_date", "last_date") if row[0] == "medical_claim"]


def _end(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]}"


def test_a_feed_of_enough_rows_reaches_over_its_busy_months(model: RunModel) -> None:
    assert reach(model, [5, 5]) == [("2025-01-01", "2025-02-28")]


def test_a_feed_of_a_row_fewer_has_no_bounds(model: RunModel) -> None:
    assert reach(model, [5, 4]) == [EVER]


def test_a_feed_without_a_row_has_no_bounds(model: RunModel) -> None:
    assert reach(model, []) == [EVER]


def test_a_month_is_busy_with_a_tenth_of_the_usual_rows_and_not_with_one_fewer(model: RunModel) -> None:
    # 0.1 times 70 is a little more than 7 in binary; the share is a decimal number.
    assert reach(model, [7, 70, 70, 70]) == [("2025-01-01", "2025-04-30")]
    assert reach(model, [6, 70, 70, 70]) == [("2025-02-01", "2025-04-30")]


def test_the_usual_size_is_the_largest_whose_months_hold_half_of_all_rows(model: RunModel) -> None:
    # 100 + 100 of 400 are half: the usual size is 100 and 10 rows are a month; with one row more it is 50.
    assert reach(model, [100, 100, 50, 50, 50, 41, 9]) == [("2025-01-01", "2025-06-30")]
    assert reach(model, [100, 100, 50, 50, 50, 42, 9]) == [("2025-01-01", "2025-07-31")]


def test_a_month_that_never_came_is_a_hole(model: RunModel) -> None:
    assert reach(model, [20, 0, 20]) == [("2025-01-01", "2025-01-31"), ("2025-03-01", "2025-03-31")]
    assert reach(model, [20, 1, 20]) == [("2025-01-01", "2025-01-31"), ("2025-03-01", "2025-03-31")]
    assert reach(model, [20, 2, 20]) == [("2025-01-01", "2025-03-31")]


def test_a_reach_goes_on_over_the_turn_of_a_year(model: RunModel) -> None:
    assert reach(model, [5] * 13) == [("2025-01-01", "2026-01-31")]


def test_a_reach_ends_with_the_newest_row(model: RunModel) -> None:
    assert reach(model, [5, 5], newest="2025-02-11") == [("2025-01-01", "2025-02-11")]
    assert reach(model, [50, 1], newest="2025-02-11") == [("2025-01-01", "2025-01-31")]


def test_what_the_configuration_says_holds_whatever_the_rows_tell(model: RunModel) -> None:
    assert reach(model, [20, 0, 20], told="medical_claim | 2024-03-05 | 2026-01-31") == [("2024-03-05", "2026-01-31")]
    assert reach(model, [20, 0, 20], told="medical_claim | 2024-03-05 |") == [("2024-03-05", "9999-12-31")]
    assert reach(model, [20, 0, 20], told="medical_claim | | 2026-01-31") == [("0001-01-01", "2026-01-31")]


def test_what_is_said_of_one_feed_is_not_said_of_the_other(model: RunModel) -> None:
    made = model(
        "staging.feed_reach",
        {
            "staging.feed_month": """
                table_name    | month_start_date | row_count | newest_date
                --------------+------------------+-----------+------------
                medical_claim | 2025-01-01       | 10        | 2025-01-31
            """,
            "run_facts.reach_given": "table_name | first_date | last_date\npharmacy_claim | 2025-01-05 |",
            "policies.default_policy": "reach_min_rows | reach_busy_share\n10 | 0.1",
        },
    )

    assert made.in_order("table_name", "first_date", "last_date") == [
        ("medical_claim", "2025-01-01", "2025-01-31"),
        ("pharmacy_claim", "2025-01-05", "9999-12-31"),
    ]
