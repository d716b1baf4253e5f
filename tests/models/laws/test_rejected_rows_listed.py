"""The law that rows set aside are counted and listed alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_what_is_counted_and_not_listed_or_listed_and_not_counted_is_named(published: RunModel) -> None:
    made = published(
        "rejected_rows_listed",
        {
            "audit.delivered_file": """
                delivery_number | file_number | table_name      | fate    | rejected_count
                ----------------+-------------+-----------------+---------+---------------
                1               | 1           | medical_claim   | landed  | 3
                1               | 1           | claim_diagnosis | landed  | 1
                1               | 2           | medical_claim   | landed  | 0
                2               | 1           | medical_claim   | landed  | 1
                2               | 2           | medical_claim   | landed  | 0
                2               | 3           | medical_claim   | ignored | 1
            """,
            "audit.rejected_row": """
                delivery_number | file_number | table_name    | source_row
                ----------------+-------------+---------------+-----------
                1               | 1           | medical_claim | 4
                1               | 1           | medical_claim | 9
                2               | 2           | medical_claim | 7
            """,
        },
    )

    assert made.rows("delivery_number", "file_number", "table_name") == [
        ("1", "1", "claim_diagnosis"),
        ("2", "1", "medical_claim"),
        ("2", "2", "medical_claim"),
    ]


def test_no_row_set_aside_and_none_listed_keeps_the_law(published: RunModel) -> None:
    made = published(
        "rejected_rows_listed",
        {"audit.delivered_file": "file_number | fate | rejected_count\n1 | landed | 0", "audit.rejected_row": ""},
    )

    assert made.cells == ()
