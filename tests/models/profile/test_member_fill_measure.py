"""The share of members with claims who have a fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


CLAIMS = """
    member_id | data_source | line_of_business
    ----------+-------------+-----------------
    ada       | north       | commercial
    ada       | north       | commercial
    bea       | south       | commercial
"""


def test_members_are_counted_once_by_sender(published: RunModel) -> None:
    made = published(
        "member_fill_measure",
        {
            "audit.delivered_medical_claim": CLAIMS,
            "audit.delivered_pharmacy_claim": """
                member_id
                ---------
                ada
                ada
                cyn
            """,
        },
    )

    assert made.rows("segment_kind", "segment", "value", "row_count") == [
        ("all", "", "0.5", "2"),
        ("data_source", "north", "1.0", "1"),
        ("data_source", "south", "0.0", "1"),
        ("line_of_business", "commercial", "0.5", "2"),
    ]


def test_without_any_fill_nothing_is_said_of_members(published: RunModel) -> None:
    made = published(
        "member_fill_measure",
        {"audit.delivered_medical_claim": CLAIMS, "audit.delivered_pharmacy_claim": "member_id\n---------"},
    )

    assert made.rows("segment") == []
