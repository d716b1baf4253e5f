"""The lines that carry an event's dollars, and those that interim bills repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.model_bench import RunModel

LINE = {
    "claim_type": "institutional",
    "claim_frequency_code": "2",
    "bill_type_code": "",
    "revenue_center_code": "0278",
    "hcpcs_code": "C1820",
    "claim_line_start_date": "2025-03-01",
    "service_unit_quantity": "1",
    "paid_amount": "100.00",
}
DATES = {"A1": "2025-03-02", "A2": "2025-03-01", "A3": "2025-03-01"}


def repeated(
    model: RunModel, *lines: tuple[str, str, Mapping[str, str]], claims: Mapping[str, str] | None = None
) -> list[str]:
    """Claim and line of those that repeat another; each line has a claim, a number and what it has unlike ``LINE``."""
    rows = [{"claim_id": claim, "line_key": key, **LINE, **changes} for claim, key, changes in lines]
    table = [" | ".join(rows[0]), *(" | ".join(row.values()) for row in rows)]
    events = claims or dict.fromkeys(DATES, "2025-03-01")
    made = model(
        "intermediate.event_dollar_line",
        {
            "intermediate.event_claim": "member_id | event_date | claim_id | is_owned\n"
            + "\n".join(f"ada | {event} | {claim} | true" for claim, event in events.items()),
            "intermediate.claim": "member_id | claim_id | claim_date\n"
            + "\n".join(f"ada | {claim} | {day}" for claim, day in DATES.items()),
            "intermediate.counting_line": "\n".join(
                f"{'member_id' if not number else 'ada'} | {row}" for number, row in enumerate(table)
            ),
        },
    )
    assert len(made.cells) == len(lines)
    return [
        f"{claim}/{key}" for claim, key, is_repeated in made.rows("claim_id", "line_key", "is_repeated_interim")
        if is_repeated == "true"
    ]  # fmt: skip


def test_equal_lines_of_interim_bills_count_once_in_the_first_bill(model: RunModel) -> None:
    assert repeated(model, ("A1", "1", {}), ("A2", "1", {}), ("A3", "1", {})) == ["A1/1", "A3/1"]


def test_they_count_as_often_as_in_the_bill_that_holds_most(model: RunModel) -> None:
    assert repeated(model, ("A1", "1", {}), ("A1", "2", {}), ("A2", "1", {})) == ["A2/1"]
    assert repeated(model, ("A1", "1", {}), ("A1", "2", {})) == []


def test_lines_that_differ_in_anything_that_is_compared_each_count(model: RunModel) -> None:
    for column, other in {
        "revenue_center_code": "0279",
        "hcpcs_code": "",
        "claim_line_start_date": "2025-03-02",
        "service_unit_quantity": "2",
        "paid_amount": "100.01",
    }.items():
        assert repeated(model, ("A1", "1", {}), ("A2", "1", {column: other})) == [], column


def test_blank_is_equal_to_blank(model: RunModel) -> None:
    blank = {"hcpcs_code": "", "service_unit_quantity": "", "paid_amount": "", "revenue_center_code": ""}

    assert repeated(model, ("A1", "1", blank), ("A2", "1", blank)) == ["A1/1"]


def test_a_bill_is_interim_by_its_frequency_or_the_end_of_its_bill_type(model: RunModel) -> None:
    for digit in "234":
        assert repeated(model, ("A1", "1", {"claim_frequency_code": digit}), ("A2", "1", {})) == ["A1/1"]
        by_type = {"claim_frequency_code": "1", "bill_type_code": f"011{digit}"}
        assert repeated(model, ("A1", "1", by_type), ("A2", "1", {})) == ["A1/1"]
    for digit in ("1", "5", "7", ""):
        other = {"claim_frequency_code": digit, "bill_type_code": f"011{digit}" if digit else ""}
        assert repeated(model, ("A1", "1", other), ("A2", "1", {})) == []


def test_a_professional_line_is_no_interim_bill(model: RunModel) -> None:
    assert repeated(model, ("A1", "1", {"claim_type": "professional"}), ("A2", "1", {})) == []


def test_bills_of_different_events_do_not_repeat_each_other(model: RunModel) -> None:
    events = {"A1": "2025-03-01", "A2": "2025-06-01"}

    assert repeated(model, ("A1", "1", {}), ("A2", "1", {}), claims=events) == []


def test_lines_of_a_claim_that_the_event_does_not_own_carry_nothing_for_it(model: RunModel) -> None:
    made = model(
        "intermediate.event_dollar_line",
        {
            "intermediate.event_claim": "member_id | event_date | claim_id | is_owned\nada | 2025-03-01 | A1 | false",
            "intermediate.claim": "member_id | claim_id | claim_date\nada | A1 | 2025-03-01",
            "intermediate.counting_line": "member_id | claim_id | line_key\nada | A1 | 1",
        },
    )

    assert made.cells == ()
