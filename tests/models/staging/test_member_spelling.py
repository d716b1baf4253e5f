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
            "kept.delivered_member": """
                table_name          | member_id | delivery_number
                eligibility         | ada1      | 1
                eligibility         | ada1      | 3
                eligibility         | ADA1      | 2
                eligibility         | cy        | 1
                medical_claim       | ada1      | 2
                medical_claim       | bea       | 1
                pharmacy_claim      | BEA       | 2
                prior_authorization | 0Bea      | 4
                care_documentation  | 00ada1    | 5
                care_documentation  | ada10     | 6
            """,
        },
    )

    assert made.rows("member_id", "other_member_id", "differs_in", "table_name", "delivery_number") == [
        ("Ada1", "00ada1", "zeros", "care_documentation", "5"),
        ("Ada1", "ada1", "case", "eligibility", "3"),
        ("bea", "0Bea", "zeros", "prior_authorization", "4"),
        ("bea", "BEA", "case", "pharmacy_claim", "2"),
    ]
