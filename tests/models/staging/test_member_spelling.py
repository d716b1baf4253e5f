"""Identifiers that are a member but for case or leading zeros."""

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
            "landed.prior_authorization": "member_id | delivery_number\n0Bea | 4",
            "landed.care_documentation": "member_id | delivery_number\n00ada1 | 5\nada10 | 6",
        },
    )

    assert made.rows("member_id", "other_member_id", "differs_in", "table_name", "delivery_number") == [
        ("Ada1", "00ada1", "zeros", "care_documentation", "5"),
        ("Ada1", "ada1", "case", "eligibility", "3"),
        ("bea", "0Bea", "zeros", "prior_authorization", "4"),
        ("bea", "BEA", "case", "pharmacy_claim", "2"),
    ]
