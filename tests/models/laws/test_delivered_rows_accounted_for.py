"""The law that every delivered row is loaded, a repeat or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_landed_file_with_a_row_too_many_too_few_or_uncounted_is_named_and_one_that_adds_up_is_not(
    published: RunModel,
) -> None:
    made = published(
        "delivered_rows_accounted_for",
        {
            "audit.delivered_file": """
                delivery_number | file_number | table_name      | fate    | row_count | loaded_count | repeat_count | rejected_count
                ----------------+-------------+-----------------+---------+-----------+--------------+--------------+---------------
                1               | 1           | medical_claim   | landed  | 10        | 7            | 2            | 1
                1               | 1           | claim_diagnosis | landed  | 10        | 7            | 2            | 0
                1               | 2           | medical_claim   | landed  | 10        | 7            | 2            | 2
                2               | 1           | medical_claim   | landed  | 10        | 7            | 2            |
                2               | 2           | medical_claim   | ignored | 10        |              |              |
                2               | 3           | medical_claim   | landed  | 0         | 0            | 0            | 0
            """
        },
    )

    assert made.rows("delivery_number", "file_number", "table_name") == [
        ("1", "1", "claim_diagnosis"),
        ("1", "2", "medical_claim"),
        ("2", "1", "medical_claim"),
    ]
