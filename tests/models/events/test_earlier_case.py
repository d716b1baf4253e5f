"""The cases of the publishes before this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_earlier_case_stands_as_it_was_last_known_under_its_member_s_identifier_of_now(model: RunModel) -> None:
    made = model(
        "intermediate.earlier_case",
        {
            "run_facts.earlier_case": """
                case_id | member_id | anchor_date | index_claim_ids
                --------+-----------+-------------+----------------
                C1      | ada       | 2025-03-01  | [A1, A2]
                C2      | old       | 2025-03-02  | [A3]
            """,
            "staging.member_identifier": "previous_member_id | member_id\nold | bea",
        },
    )

    assert made.rows("case_id", "member_id", "anchor_date", "index_claim_ids") == [
        ("C1", "ada", "2025-03-01", "[A1, A2]"),
        ("C2", "bea", "2025-03-02", "[A3]"),
    ]
