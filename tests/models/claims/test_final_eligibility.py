"""Enrolment spans in the version that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

HEADER = (
    "member_id | enrollment_start_date | enrollment_end_date | line_of_business | payer | plan | has_pharmacy_benefit "
    "| delivery_number | file_number | source_row"
)


def span(
    number: int,
    *,
    member: str = "ada",
    start: str = "2024-01-01",
    end: str = "",
    of: str = "medicare | north | gold",
    drugs: str = "true",
    delivery: int = 1,
    file: int = 1,
) -> str:
    """A delivered span, by default of one member, start and cover."""
    return f"{member} | {start} | {end} | {of} | {drugs} | {delivery} | {file} | {number}"


@pytest.mark.parametrize(
    ("rows", "standing"),
    [
        ([span(1), span(2, end="2025-12-31")], ["2"]),
        ([span(1, end="2025-12-31"), span(2)], ["2"]),
        ([span(1, delivery=2), span(2, end="2025-12-31")], ["1"]),
        ([span(1, file=2), span(2, end="2025-12-31")], ["1"]),
        ([span(1, start=""), span(2, start="", end="2025-12-31")], ["2"]),
        ([span(1, of=" | | "), span(2, of=" | | ", end="2025-12-31")], ["2"]),
        ([span(1), span(2, start="2024-01-02")], ["1", "2"]),
        ([span(1), span(2, of="commercial | north | gold")], ["1", "2"]),
        ([span(1), span(2, of="medicare | south | gold")], ["1", "2"]),
        ([span(1), span(2, of="medicare | north | silver")], ["1", "2"]),
        ([span(1), span(2, member="bea")], ["1", "2"]),
        ([span(1), span(2, drugs="false")], ["1", "2"]),
        ([span(1), span(2, drugs="", file=2)], ["1", "2"]),
        ([span(1), span(2, drugs="", delivery=2)], ["2"]),
        ([span(1, end="2024-06-30"), span(2, drugs="false", delivery=2)], ["2"]),
        ([span(1), span(2, drugs="false"), span(3, drugs="true", delivery=2)], ["3"]),
        ([span(1), span(2, drugs="false", delivery=2), span(3, delivery=2)], ["2", "3"]),
    ],
)
def test_the_last_delivered_of_a_cover_stands_and_one_delivery_may_tell_two_drug_benefits(
    model: RunModel, rows: list[str], standing: list[str]
) -> None:
    made = model("intermediate.final_eligibility", {"staging.eligibility": "\n".join([HEADER, *rows])})

    assert made.column("source_row") == standing
