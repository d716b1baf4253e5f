"""The chain of originals behind a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_chain_runs_through_replacements_and_ends_at_a_void(model: RunModel) -> None:
    made = model(
        "intermediate.claim_ancestor",
        {
            "intermediate.claim_original": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_in_data
                ----------+----------+----------------------+-------------------+-----------
                ada       | A2       | 7                    | A1                | true
                ada       | A3       | 7                    | A2                | true
                ada       | A4       | 8                    | A3                | true
                ada       | A5       | 7                    | A4                | true
                ada       | A6       | 7                    | Z9                | false
                bea       | A4       | 7                    | A3                | true
            """
        },
    )

    assert made.rows("member_id", "claim_id", "ancestor_claim_id") == [
        ("ada", "A2", "A1"),
        ("ada", "A3", "A1"),
        ("ada", "A3", "A2"),
        ("ada", "A5", "A4"),
        ("bea", "A4", "A3"),
    ]


def test_claims_that_name_each_other_are_their_own_ancestors(model: RunModel) -> None:
    made = model(
        "intermediate.claim_ancestor",
        {
            "intermediate.claim_original": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_in_data
                ----------+----------+----------------------+-------------------+-----------
                ada       | A1       | 7                    | A2                | true
                ada       | A2       | 7                    | A1                | true
            """
        },
    )

    assert made.rows("claim_id", "ancestor_claim_id") == [("A1", "A1"), ("A1", "A2"), ("A2", "A1"), ("A2", "A2")]
