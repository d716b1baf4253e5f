"""The list of claims that a full delivery ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_ended_claims_are_listed_by_member_and_claim(model: RunModel) -> None:
    made = model(
        "audit.ended_claim",
        {
            "staging.ended_claim": """
                member_id | claim_id | delivery_number | ended_by_delivery_number | first_service_date | last_service_date | line_count
                bea       | C        | 1               | 2                        | 2024-01-01         | 2024-01-02        | 3
                ada       | D        | 1               | 2                        | 2024-02-01         | 2024-02-01        | 1
            """
        },
    )

    assert made.in_order(*made.columns) == [
        ("ada", "D", "1", "2", "2024-02-01", "2024-02-01", "1"),
        ("bea", "C", "1", "2", "2024-01-01", "2024-01-02", "3"),
    ]
