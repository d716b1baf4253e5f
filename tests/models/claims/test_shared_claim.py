"""Claims of a shared number with a diagnosis row that belongs to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_number_under_two_members_with_a_diagnosis_is_told_for_each_candidate(model: RunModel) -> None:
    made = model(
        "intermediate.shared_claim",
        {
            "landed.medical_claim": """
                member_id | claim_id | claim_status
                ----------+----------+-------------
                ada       | A1       | paid
                ada       | A1       | paid
                bea       | A1       | denied
                ada       | A2       | paid
                ada       | A2       | paid
                ada       | A3       | paid
                bea       | A3       | paid
                ada       | A4       | paid
                bea       | A4       | paid
            """,
            "staging.candidate_claim": "claim_id\nA1\nA2\nA3\nA4",
            "staging.claim_diagnosis": """
                claim_id | diagnosis_rank | diagnosis_code
                ---------+----------------+---------------
                A1       | 1              | M5450
                A1       | 2              | E119
                A2       | 1              | M5450
                A4       | 1              |
            """,
            "intermediate.claim_line_version": """
                member_id | claim_id
                ----------+---------
                ada       | A1
                ada       | A1
                ada       | A2
                ada       | A3
                ada       | A4
            """,
        },
    )

    assert made.rows("member_id", "claim_id") == [("ada", "A1")]
