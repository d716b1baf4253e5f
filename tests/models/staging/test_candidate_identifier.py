"""The identifiers under which rows of candidates were delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_candidate_is_known_by_its_own_identifier_and_by_its_previous_ones(model: RunModel) -> None:
    made = model(
        "staging.candidate_identifier",
        {
            "staging.candidate_member": "member_id\nada\nbea",
            "staging.member_identifier": """
                previous_member_id | member_id
                -------------------+----------
                ada-1              | ada
                ada-2              | ada
                cid-1              | cid
            """,
        },
    )

    assert made.rows("delivered_member_id", "member_id") == [
        ("ada", "ada"),
        ("ada-1", "ada"),
        ("ada-2", "ada"),
        ("bea", "bea"),
    ]
