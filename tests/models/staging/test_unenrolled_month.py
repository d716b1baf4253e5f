"""Months with claim lines of members without eligibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_lines_of_members_without_a_row_of_eligibility_are_counted_by_month(model: RunModel) -> None:
    made = model(
        "staging.unenrolled_month",
        {
            "landed.eligibility": "member_id\nada\nold",
            "kept.unenrolled_line": """
                member_id | month_start_date | delivery_number | line_count
                ada       | 2024-05-01       | 1               | 1
                new       | 2024-05-01       | 1               | 1
                lost      | 2024-05-01       | 1               | 1
                lost      | 2024-05-01       | 2               | 1
                lost      | 2024-06-01       | 1               | 1
            """,
            "staging.member_identifier": "previous_member_id | member_id\nold | new",
        },
    )

    assert made.rows("month_start_date", "line_count", "delivery_number") == [
        ("2024-05-01", "2", "2"),
        ("2024-06-01", "1", "1"),
    ]


def test_where_nobody_is_enrolled_every_line_is_counted(model: RunModel) -> None:
    made = model(
        "staging.unenrolled_month",
        {
            "landed.eligibility": "",
            "kept.unenrolled_line": "month_start_date | delivery_number | line_count\n2024-05-01 | 1 | 7",
            "staging.member_identifier": "",
        },
    )

    assert made.rows("month_start_date", "line_count") == [("2024-05-01", "7")]
