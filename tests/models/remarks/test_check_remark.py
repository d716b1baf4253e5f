"""Rows that bear on an episode and fail a check of the gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_evidence_that_fails_a_check_is_told_and_of_other_lines_a_malformed_code(model: RunModel) -> None:
    made = model(
        "intermediate.check_remark",
        {
            "intermediate.case_row": """
                episode_id | source_table   | delivery_number | file_number | source_row | is_evidence
                E1         | medical_claim  | 1               | 1           | 1          | true
                E1         | medical_claim  | 1               | 1           | 2          | false
                E1         | pharmacy_claim | 1               | 1           | 3          | true
            """,
            "run_facts.failed_check": """
                table_name    | check_name                | description | delivery_number | file_number | source_row
                medical_claim | paid_date_not_after_run   | Asked.      | 1               | 1           | 1
                medical_claim | paid_date_not_after_run   | Asked.      | 1               | 1           | 2
                medical_claim | hcpcs_code_shape          | Shape.      | 1               | 1           | 2
                medical_claim | hcpcs_code_shape          | Shape.      | 1               | 1           | 3
                medical_claim | hcpcs_code_shape          | Shape.      | 2               | 1           | 1
            """,
        },
    )

    assert made.rows("source_row", "remark", "description") == [
        ("1", "paid_date_not_after_run", "Asked."),
        ("2", "hcpcs_code_shape", "Shape."),
    ]
