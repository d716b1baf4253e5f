"""What the history keeps of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_episode_stands_by_the_name_of_its_case_with_its_claims_and_evidence(model: RunModel) -> None:
    made = model(
        "history.case_state",
        {
            "intermediate.case_claim": """
                episode_id | claim_id
                -----------+---------
                E2         | B1
                E1         | A2
                E1         | A1
            """,
            "audit.episode_review": """
                episode_id | case_id | member_id | outcome | paid_amount
                -----------+---------+-----------+---------+------------
                E2         | C1      | bea       | flagged | 5.00
                E1         | C2      | ada       | excluded | 7.00
            """,
            "history.evidence": """
                episode_id | evidence_digest | evidence_parts
                -----------+-----------------+---------------
                E1         | aa              | outcome 01
                E2         | bb              | outcome 02
            """,
        },
    )

    assert made.in_order("case_id", "episode_id", "outcome", "paid_amount", "index_claim_ids", "evidence_digest") == [
        ("C1", "E2", "flagged", "5.00", "[B1]", "bb"),
        ("C2", "E1", "excluded", "7.00", "[A1, A2]", "aa"),
    ]
