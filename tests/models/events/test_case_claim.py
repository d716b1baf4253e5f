"""The claims by which a case is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_is_known_by_its_index_claims_and_by_those_they_replaced(model: RunModel) -> None:
    made = model(
        "intermediate.case_claim",
        {
            "intermediate.episode_index_line": """
                episode_id | member_id | claim_id
                -----------+-----------+---------
                E1         | ada       | A3
                E1         | ada       | A3
                E2         | bea       | A3
            """,
            "intermediate.claim_ancestor": """
                member_id | claim_id | ancestor_claim_id
                ----------+----------+------------------
                ada       | A3       | A2
                ada       | A3       | A1
                ada       | A2       | A1
                cid       | A3       | A0
            """,
        },
    )

    assert made.in_order("episode_id", "member_id", "claim_id") == [
        ("E1", "ada", "A1"),
        ("E1", "ada", "A2"),
        ("E1", "ada", "A3"),
        ("E2", "bea", "A3"),
    ]
