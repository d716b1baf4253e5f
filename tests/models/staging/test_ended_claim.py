"""Claims that a full delivery ended, of any member."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


FULL = "delivery_number | delivery_kind | covers_from | covers_to\n2 | full | 2024-01-01 | 2024-12-31"


def ended(model: RunModel, *lines: str, deliveries: str = FULL) -> list[tuple[str | None, ...]]:
    return model(
        "staging.ended_claim",
        {
            "landed.medical_claim": "\n".join(
                ["claim_id | member_id | claim_line_number | claim_line_start_date | delivery_number", *lines]
            ),
            "landed.delivery": deliveries,
            "staging.member_identifier": "previous_member_id | member_id\nold | ada",
        },
    ).rows("claim_id", "member_id", "delivery_number", "ended_by_delivery_number", "line_count")


def test_a_claim_inside_the_period_that_the_delivery_lacks_is_ended(model: RunModel) -> None:
    lines = ("C | bea | 1 | 2024-01-01 | 1", "C | bea | 2 | 2024-12-31 | 1", "D | bea | 1 | 2024-05-01 | 2")

    assert ended(model, *lines) == [("C", "bea", "1", "2", "2")]


def test_a_claim_with_a_line_outside_the_period_is_not(model: RunModel) -> None:
    assert ended(model, "C | bea | 1 | 2023-12-31 | 1", "C | bea | 2 | 2024-05-01 | 1") == []


def test_a_claim_that_it_holds_under_the_member_of_now_or_that_came_since_is_not(model: RunModel) -> None:
    assert ended(model, "C | old | 1 | 2024-05-01 | 1", "C | ada | 1 | 2024-05-01 | 2") == []
    assert ended(model, "C | ada | 1 | 2024-05-01 | 1", "C | ada | 1 | 2024-05-01 | 3") == []


def test_without_a_full_delivery_nothing_is_ended(model: RunModel) -> None:
    assert ended(model, "C | ada | 1 | 2024-05-01 | 1", deliveries="delivery_number | delivery_kind\n2 | changes") == []
