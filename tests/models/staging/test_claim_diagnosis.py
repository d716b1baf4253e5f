"""The diagnoses of candidate claims as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.staging.repeats import CANDIDATE_CLAIMS, kept, one_apart

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_row_that_differs_in_any_known_column_is_no_repeat(model: RunModel) -> None:
    made = model(
        "staging.claim_diagnosis",
        {"landed.claim_diagnosis": one_apart("claim_diagnosis"), "staging.candidate_claim": CANDIDATE_CLAIMS},
    )

    assert made.column("source_row") == kept("claim_diagnosis")


def test_of_equal_rows_the_copy_delivered_last_stays(model: RunModel) -> None:
    made = model(
        "staging.claim_diagnosis",
        {
            "landed.claim_diagnosis": """
                claim_id | diagnosis_code | delivery_number | file_number | source_row
                ---------+----------------+-----------------+-------------+-----------
                A        | X1             | 1               | 9           | 9
                A        | X1             | 2               | 1           | 8
                A        | X1             | 2               | 2           | 1
                A        | X1             | 2               | 2           | 2
            """,
            "staging.candidate_claim": CANDIDATE_CLAIMS,
        },
    )

    assert made.rows("delivery_number", "file_number", "source_row") == [("2", "2", "2")]


def test_rows_of_others_than_the_candidates_are_left_out(model: RunModel) -> None:
    made = model(
        "staging.claim_diagnosis",
        {
            "landed.claim_diagnosis": "claim_id | diagnosis_code\nA | X1\nZ | X2",
            "staging.candidate_claim": CANDIDATE_CLAIMS,
        },
    )

    assert made.rows("claim_id", "diagnosis_code") == [("A", "X1")]
