"""Claim lines of members without a row of eligibility under the identifier they came with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

LINES = """
    member_id | claim_line_start_date | delivery_number
    ada       | 2024-05-01            | 1
    lost      | 2024-05-01            | 1
    lost      | 2024-05-31            | 1
    lost      | 2024-05-31            | 2
    lost      | 2024-06-01            | 1
"""


def test_lines_are_counted_by_member_delivery_and_month(model: RunModel) -> None:
    made = model("kept.unenrolled_line", {"landed.eligibility": "member_id\nada", "landed.medical_claim": LINES})

    assert made.rows("member_id", "month_start_date", "delivery_number", "line_count") == [
        ("lost", "2024-05-01", "1", "2"),
        ("lost", "2024-05-01", "2", "1"),
        ("lost", "2024-06-01", "1", "1"),
    ]


def test_without_any_eligibility_no_member_is_named(model: RunModel) -> None:
    made = model("kept.unenrolled_line", {"landed.eligibility": "", "landed.medical_claim": LINES})

    assert made.rows("member_id", "month_start_date", "delivery_number", "line_count") == [
        (None, "2024-05-01", "1", "3"),
        (None, "2024-05-01", "2", "1"),
        (None, "2024-06-01", "1", "1"),
    ]
