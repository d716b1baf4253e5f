"""Set-aside rows of candidates: whose they are, and which came right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_rows_of_a_candidate_or_of_a_candidate_claim_are_kept_until_they_come_right(model: RunModel) -> None:
    made = model(
        "staging.rejected_row",
        {
            "kept.rejected_row": """
                member_id | claim_id | claim_line_number | table_name     | delivery_number | source_row | rule
                ----------+----------+-------------------+----------------+-----------------+------------+-------------
                old       | A1       | 01                | medical_claim  | 1               | 1          | not_a_date
                ada       | A1       | 2                 | medical_claim  | 1               | 2          | not_a_date
                ada       | A1       | 3                 | medical_claim  | 2               | 3          | not_a_date
                ada       | F1       |                   | pharmacy_claim | 1               | 4          | out_of_range
                ada       | F2       | 0                 | pharmacy_claim | 1               | 5          | out_of_range
                          | A1       |                   | claim_diagnosis| 1               | 6          | below_one
                          | Z9       |                   | claim_diagnosis| 1               | 7          | below_one
                bea       | A1       | 1                 | medical_claim  | 1               | 8          | not_a_date
            """,
            "staging.candidate_identifier": "delivered_member_id | member_id\nada | ada\nold | ada",
            "staging.candidate_claim": "claim_id\nA1",
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | delivery_number
                ada       | A1       | 1                 | 2
                ada       | A1       | 3                 | 2
            """,
            "staging.pharmacy_claim": """
                member_id | claim_id | claim_line_number | delivery_number
                ada       | F2       | 00                | 2
            """,
        },
    )

    assert made.rows("member_id", "source_row") == [(None, "6"), ("ada", "2"), ("ada", "3"), ("ada", "4")]
