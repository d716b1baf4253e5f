"""Identifiers that are a member but for case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_another_spelling_in_any_feed_is_found_and_known_ones_are_not(model: RunModel) -> None:
    made = model(
        "staging.member_spelling",
        {
            "staging.candidate_identifier": "delivered_member_id | member_id\nAda1 | Ada1\nADA1 | Ada1\nbea | bea",
            "landed.eligibility": "member_id | delivery_number\nada1 | 1\nada1 | 3\nADA1 | 2\ncy | 1",
            "landed.medical_claim": "member_id | delivery_number\nada1 | 2\nbea | 1",
            "landed.pharmacy_claim": "member_id | delivery_number\nBEA | 2",
        },
    )

    assert made.rows("member_id", "other_member_id", "table_name", "delivery_number") == [
        ("Ada1", "ada1", "eligibility", "3"),
        ("bea", "BEA", "pharmacy_claim", "2"),
    ]
