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


def test_a_bill_type_ending_in_7_or_8_stands_for_a_blank_frequency_of_an_institutional_line(model: RunModel) -> None:
    made = model(
        "intermediate.claim_line_version",
        {
            "staging.medical_claim": """
                claim_id | claim_line_number | claim_type    | claim_frequency_code | bill_type_code
                ---------+-------------------+---------------+----------------------+---------------
                A1       | 1                 | institutional |                      | 0137
                A2       | 1                 | institutional |                      | 138
                A3       | 1                 | institutional |                      | 0136
                A4       | 1                 | institutional |                      | 0139
                A5       | 1                 | institutional |                      | 0871
                A6       | 1                 | institutional | 1                    | 0137
                A7       | 1                 | institutional | 8                    | 0137
                A8       | 1                 | professional  |                      | 0137
                A9       | 1                 | institutional |                      |
            """
        },
    )

    assert made.rows("claim_id", "claim_frequency_code") == [
        ("A1", "7"),
        ("A2", "8"),
        ("A3", None),
        ("A4", None),
        ("A5", None),
        ("A6", "1"),
        ("A7", "8"),
        ("A8", None),
        ("A9", None),
    ]
