"""Delivered diagnoses, long and in columns, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_row_is_its_member_s_or_goes_by_its_claim_and_of_a_shared_number_belongs_to_nobody(model: RunModel) -> None:
    made = model(
        "intermediate.delivered_diagnosis",
        {
            "staging.claim_diagnosis": """
                claim_id | member_id | diagnosis_rank | diagnosis_code
                ---------+-----------+----------------+---------------
                S1       |           | 1              | M5450
                S1       | ada       | 2              | M961
                S1       | cid       | 3              | M4806
                A1       |           | 1              | M5450
                A1       | ada       | 2              | M961
                A1       | bea       | 3              | M4806
                A9       |           | 1              | M5450
            """,
            "staging.shared_claim_number": "claim_id\nS1",
            "intermediate.final_line": "",
            "staging.medical_claim": "",
            "intermediate.claim": "member_id | claim_id\nada | S1\nbea | S1\nada | A1",
        },
    )

    assert made.rows("claim_id", "member_id", "diagnosis_rank", "is_unowned", "is_in_columns") == [
        ("A1", "ada", "1", "false", "false"),
        ("A1", "ada", "2", "false", "false"),
        ("S1", "ada", "1", "true", "false"),
        ("S1", "ada", "2", "false", "false"),
        ("S1", "bea", "1", "true", "false"),
    ]


def test_columns_are_those_of_the_member_s_final_lines_and_a_blank_one_names_nothing(model: RunModel) -> None:
    made = model(
        "intermediate.delivered_diagnosis",
        {
            "staging.claim_diagnosis": "claim_id | diagnosis_rank | diagnosis_code\nA1 | 3 |",
            "staging.shared_claim_number": "claim_id\nA1",
            "intermediate.final_line": """
                member_id | claim_id | claim_line_number | delivery_number | file_number | source_row
                ----------+----------+-------------------+-----------------+-------------+-----------
                ada       | A1       | 1                 | 1               | 3           | 1
                bea       | A1       | 1                 | 1               | 3           | 2
                cid       | C1       | 1                 | 1               | 3           | 3
            """,
            "staging.medical_claim": """
                member_id | claim_id | claim_line_number | diagnosis_code_1 | diagnosis_code_25 | delivery_number | file_number | source_row
                ----------+----------+-------------------+------------------+-------------------+-----------------+-------------+-----------
                ada       | A1       | 1                 | M961             |                   | 1               | 3           | 1
                bea       | A1       | 1                 |                  | G894              | 1               | 3           | 2
                cid       | C1       | 1                 | M961             |                   | 1               | 3           | 3
                ada       | A1       | 1                 | M545             |                   | 1               | 2           | 1
            """,
            "intermediate.claim": "member_id | claim_id\nada | A1\nbea | A1",
        },
    )

    assert made.rows("member_id", "diagnosis_rank", "diagnosis_code", "is_unowned", "is_in_columns", "source_row") == [
        ("ada", "1", "M961", "false", "true", "1"),
        ("ada", "3", None, "true", "false", None),
        ("bea", "25", "G894", "false", "true", "2"),
        ("bea", "3", None, "true", "false", None),
    ]
