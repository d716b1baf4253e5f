"""The newest delivery as a full refresh that does not say that it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

FIRST = [f"ada | C{day} | 2024-01-0{day} | 1" for day in range(1, 6)]
HEAD = "member_id | claim_id | claim_line_start_date | delivery_number"


def again(*days: int, more: int = 0) -> list[str]:
    return [f"ada | C{day} | 2024-01-0{day} | 2" for day in days] + [
        f"ada | N{number} | 2024-01-05 | 2" for number in range(more)
    ]


def given(rows: list[str], *, kind: str = "changes", months: int = 12) -> dict[str, str]:
    return {
        "landed.medical_claim": "\n".join([HEAD, *FIRST, *rows]),
        "landed.delivery": f"delivery_number | delivery_kind\n1 | changes\n2 | {kind}",
        "staging.feed_month": (
            "table_name | month_start_date | row_count\n"
            f"medical_claim | 2024-01-01 | {months}\nmedical_claim | 2023-12-01 | 99\npharmacy_claim | 2024-01-01 | 99"
        ),
    }


@pytest.mark.parametrize(
    ("rows", "kind", "months", "seen"),
    [
        (again(1, 2, 3, 5), "changes", 9, [("2", "2024-01-01", "2024-01-05")]),
        (again(1, 2, 3, 5), "full", 9, []),
        (again(1, 5), "changes", 7, []),  # two of five came again
        (again(1, 3, 5), "changes", 8, [("2", "2024-01-01", "2024-01-05")]),
        (again(1, 3, 5, more=3), "changes", 11, []),  # half of its claims are new
        (again(1, 3, 5, more=2), "changes", 10, [("2", "2024-01-01", "2024-01-05")]),
        (again(1, 3, 5), "changes", 13, []),  # three lines beside thirteen
        (again(1, 3, 5), "changes", 12, [("2", "2024-01-01", "2024-01-05")]),
    ],
)
def test_most_claims_of_its_days_come_again(
    model: RunModel, rows: list[str], kind: str, months: int, seen: list[tuple[str, ...]]
) -> None:
    made = model("staging.refresh_period", given(rows, kind=kind, months=months))

    assert made.rows("delivery_number", "first_date", "last_date") == seen


def test_a_first_delivery_refreshes_nothing(model: RunModel) -> None:
    rows = given([]) | {"landed.delivery": "delivery_number | delivery_kind\n1 | changes"}

    assert model("staging.refresh_period", rows).rows("delivery_number") == []
