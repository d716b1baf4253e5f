"""From which delivery a claim counts: sent again whole, gone from a full delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

FULL = "delivery_number | delivery_kind | covers_from | covers_to\n2 | full | 2024-01-01 | 2024-12-31"
CHANGES = "delivery_number | delivery_kind\n1 | changes\n2 | changes"


def kept_from(
    model: RunModel, *lines: str, whole: bool = False, deliveries: str = CHANGES, known: str = ""
) -> list[tuple[str | None, ...]]:
    """Claim, member and delivery of each claim of which something is gone; lines are claim, member, start, delivery."""
    told = "\n".join(["claim_id | member_id | claim_line_start_date | delivery_number", *lines])
    return model(
        "staging.claim_kept_from",
        {
            "kept.medical_claim": told,
            "kept.claim_number": told,
            "landed.delivery": deliveries,
            "run_facts.redelivery_given": f"holds_whole_claims\n{whole}",
            "staging.candidate_identifier": "delivered_member_id | member_id\nada | ada\nold | ada",
            "staging.member_identifier": known,
        },
    ).rows("claim_id", "member_id", "delivery_number")


def test_by_default_nothing_that_came_is_gone(model: RunModel) -> None:
    assert kept_from(model, "C | ada | 2024-05-01 | 1", "C | ada | 2024-05-01 | 2") == []


def test_a_claim_sent_again_whole_counts_from_its_last_delivery(model: RunModel) -> None:
    lines = ("C | ada | 2024-05-01 | 1", "C | ada | 2024-05-01 | 2", "D | ada | 2024-05-01 | 1")

    assert kept_from(model, *lines, whole=True) == [
        ("C", None, "2"),
        ("C", "ada", "2"),
        ("D", None, "1"),
        ("D", "ada", "1"),
    ]


def test_rows_without_a_member_go_when_they_go_for_every_member_of_the_number(model: RunModel) -> None:
    lines = ("C | ada | 2024-05-01 | 1", "C | ada | 2024-05-01 | 2", "C | bea | 2024-05-01 | 1")

    assert kept_from(model, *lines, whole=True) == [("C", None, "1"), ("C", "ada", "2"), ("C", "bea", "1")]


def test_claims_of_nobody_who_is_a_candidate_are_left_out(model: RunModel) -> None:
    assert kept_from(model, "C | bea | 2024-05-01 | 1", whole=True) == []


def test_a_member_under_two_identifiers_sends_one_claim(model: RunModel) -> None:
    lines = ("C | old | 2024-05-01 | 1", "C | ada | 2024-05-01 | 2")

    assert kept_from(model, *lines, whole=True, known="previous_member_id | member_id\nold | ada") == [
        ("C", None, "2"),
        ("C", "ada", "2"),
    ]


@pytest.mark.parametrize(
    ("days", "is_gone"),
    [
        (("2024-01-01", "2024-12-31"), True),
        (("2023-12-31", "2024-12-31"), False),
        (("2024-01-01", "2025-01-01"), False),
    ],
)
def test_a_claim_that_a_full_delivery_lacks_is_gone_when_all_its_lines_start_in_the_period(
    model: RunModel, days: tuple[str, str], is_gone: bool
) -> None:
    lines = [f"C | ada | {day} | 1" for day in days]

    assert kept_from(model, *lines, deliveries=FULL) == ([("C", None, "2"), ("C", "ada", "2")] if is_gone else [])


def test_a_claim_of_which_a_full_delivery_holds_a_line_stays_as_it_was(model: RunModel) -> None:
    assert kept_from(model, "C | ada | 2024-05-01 | 1", "C | ada | 2024-05-01 | 2", deliveries=FULL) == []


def test_a_claim_gone_and_sent_again_counts_with_what_comes_then(model: RunModel) -> None:
    lines = ("C | ada | 2024-05-01 | 1", "C | ada | 2024-05-01 | 3")

    assert kept_from(model, *lines, deliveries=FULL) == [("C", None, "2"), ("C", "ada", "2")]


def test_a_claim_that_first_came_after_a_full_delivery_is_not_gone(model: RunModel) -> None:
    assert kept_from(model, "C | ada | 2024-05-01 | 3", deliveries=FULL) == []
