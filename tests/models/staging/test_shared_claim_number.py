"""Claim numbers that are not one member's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_number_under_two_members_is_shared_whatever_the_state_of_their_lines(model: RunModel) -> None:
    made = model(
        "staging.shared_claim_number",
        {
            "kept.claim_number": """
                claim_id | member_id | delivery_number
                ---------+-----------+----------------
                A1       | ada       | 1
                A1       | bea       | 1
                A2       | ada       | 1
                A2       | ada       | 2
                A3       | ada       | 1
                A3       | ada-1     | 1
                A4       | ada-1     | 1
                A4       | bea       | 1
                A9       | ada       | 1
                A9       | bea       | 1
            """,
            "staging.candidate_claim": "claim_id\nA1\nA2\nA3\nA4",
            "staging.member_identifier": "previous_member_id | member_id\nada-1 | ada",
        },
    )

    assert made.column("claim_id") == ["A1", "A4"]
