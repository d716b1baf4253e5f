"""The versions of a claim line, numbered in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_versions_stand_by_paid_date_with_a_missing_one_first(model: RunModel) -> None:
    made = model(
        "intermediate.claim_line_version",
        {
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | paid_date  | delivery_number | file_number | source_row
                ----------+----------+-------------------+------------+-----------------+-------------+-----------
                ada       | A1       | 1                 | 2026-02-02 | 1               | 1           | 1
                ada       | A1       | 1                 | 2026-02-01 | 2               | 1           | 2
                ada       | A1       | 1                 |            | 3               | 1           | 3
            """
        },
    )

    assert made.rows("version_number", "version_count", "source_row") == [
        ("1", "3", "3"),
        ("2", "3", "2"),
        ("3", "3", "1"),
    ]


def test_versions_paid_on_one_day_stand_by_delivery_then_file_then_row(model: RunModel) -> None:
    made = model(
        "intermediate.claim_line_version",
        {
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | paid_date  | delivery_number | file_number | source_row
                ----------+----------+-------------------+------------+-----------------+-------------+-----------
                ada       | A1       | 1                 | 2026-02-01 | 2               | 1           | 1
                ada       | A1       | 1                 | 2026-02-01 | 1               | 2           | 2
                ada       | A1       | 1                 | 2026-02-01 | 1               | 1           | 4
                ada       | A1       | 1                 | 2026-02-01 | 1               | 1           | 3
            """
        },
    )

    assert made.rows("version_number", "source_row") == [("1", "3"), ("2", "4"), ("3", "2"), ("4", "1")]


def test_line_numbers_are_compared_without_leading_zeros_within_a_member_and_claim(model: RunModel) -> None:
    made = model(
        "intermediate.claim_line_version",
        {
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | paid_date  | delivery_number
                ----------+----------+-------------------+------------+----------------
                ada       | A1       | 1                 | 2026-02-01 | 1
                ada       | A1       | 001               | 2026-02-02 | 1
                ada       | A1       | 000               | 2026-02-01 | 1
                ada       | A2       | 1                 | 2026-02-01 | 1
                bea       | A1       | 1                 | 2026-02-01 | 1
            """
        },
    )

    assert made.rows("member_id", "claim_id", "line_key", "version_number", "version_count") == [
        ("ada", "A1", "0", "1", "1"),
        ("ada", "A1", "1", "1", "2"),
        ("ada", "A1", "1", "2", "2"),
        ("ada", "A2", "1", "1", "1"),
        ("bea", "A1", "1", "1", "1"),
    ]
