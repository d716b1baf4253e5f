"""The claim lines that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_paid_and_pending_lines_of_claims_that_count_stay(model: RunModel) -> None:
    made = model(
        "intermediate.counting_line",
        {
            "intermediate.final_line": """
                member_id | claim_id | line_key | claim_status | is_total_line
                ----------+----------+----------+--------------+--------------
                ada       | A1       | 1        | paid         | false
                ada       | A1       | 2        | pending      | false
                ada       | A1       | 3        | denied       | false
                ada       | A1       | 4        | reversed     | false
                ada       | A2       | 1        | paid         | false
                bea       | A1       | 1        | paid         | false
            """,
            "intermediate.claim_final_state": """
                member_id | claim_id | final_state
                ----------+----------+------------
                ada       | A1       | counts
                ada       | A2       | voided
            """,
        },
    )

    assert made.rows("member_id", "claim_id", "line_key") == [("ada", "A1", "1"), ("ada", "A1", "2")]


def test_total_lines_never_count(model: RunModel) -> None:
    made = model(
        "intermediate.counting_line",
        {
            "intermediate.final_line": """
                member_id | claim_id | line_key | claim_status | is_total_line
                ----------+----------+----------+--------------+--------------
                ada       | A1       | 1        | paid         | false
                ada       | A1       | 2        | paid         | true
            """,
            "intermediate.claim_final_state": "member_id | claim_id | final_state\nada | A1 | counts",
        },
    )

    assert made.column("line_key") == ["1"]


HEADER = (
    "member_id | claim_id | line_key | claim_status | hcpcs_code | revenue_center_code | claim_line_start_date "
    "| paid_amount | service_unit_quantity | is_total_line"
)


def credit_line(
    number: str,
    paid: str,
    units: str = "",
    *,
    code: str = "97110",
    revenue: str = "0420",
    day: str = "2026-01-05",
    claim: str = "A1",
    status: str = "paid",
) -> str:
    """A line of one service, by default paid and of one claim, code and day."""
    return f"ada | {claim} | {number} | {status} | {code} | {revenue} | {day} | {paid} | {units} | false"


@pytest.mark.parametrize(
    ("lines", "credited"),
    [
        ([credit_line("1", "100"), credit_line("2", "-100")], ["1", "2"]),
        ([credit_line("1", "-100"), credit_line("2", "100")], ["1", "2"]),
        ([credit_line("1", "100"), credit_line("2", "-99")], ["2"]),
        ([credit_line("1", "100", code="97140"), credit_line("2", "-100")], ["2"]),
        ([credit_line("1", "100", revenue="0430"), credit_line("2", "-100")], ["2"]),
        ([credit_line("1", "100", day="2026-01-06"), credit_line("2", "-100")], ["2"]),
        ([credit_line("1", "100", claim="A2"), credit_line("2", "-100")], ["2"]),
        ([credit_line("1", "100", code=""), credit_line("2", "-100", code="")], ["1", "2"]),
        ([credit_line("1", "100", revenue=""), credit_line("2", "-100", revenue="")], ["1", "2"]),
        ([credit_line("10", "100"), credit_line("2", "100"), credit_line("3", "-100")], ["2", "3"]),
        ([credit_line("1", "100"), credit_line("2", "-100"), credit_line("3", "-100")], ["1", "2", "3"]),
        (
            [credit_line("1", "100"), credit_line("2", "100"), credit_line("3", "100"), credit_line("4", "-100")],
            ["1", "4"],
        ),
        ([credit_line("1", "0", "1"), credit_line("2", "0", "-1")], ["1", "2"]),
        ([credit_line("1", "0", "2"), credit_line("2", "0", "-1")], ["2"]),
        ([credit_line("1", "0"), credit_line("2", "0", "-1")], ["2"]),
        ([credit_line("1", "0", "1"), credit_line("2", "-0.01", "-1")], ["2"]),
        ([credit_line("1", "100", "1"), credit_line("2", "100", "-1")], ["2"]),
        ([credit_line("1", "100", "3"), credit_line("2", "-100", "-1")], ["1", "2"]),
        ([credit_line("1", "-100", "-1"), credit_line("2", "100", "-1")], ["1", "2"]),
        ([credit_line("1", "", "1"), credit_line("2", "", "-1")], ["1", "2"]),
        ([credit_line("1", "0", "1"), credit_line("2", "", "-1")], ["2"]),
        ([credit_line("1", "100", status="denied"), credit_line("2", "-100")], ["2"]),
        ([credit_line("1", "100", status="pending"), credit_line("2", "-100")], ["1", "2"]),
        ([credit_line("1", "100", "1"), credit_line("2", "0", "0")], []),
    ],
)
def test_a_credit_takes_out_the_first_line_of_its_claim_with_the_same_service_and_the_opposite_amount_or_units(
    model: RunModel, lines: list[str], credited: list[str]
) -> None:
    made = model(
        "intermediate.counting_line",
        {
            "intermediate.final_line": "\n".join([HEADER, *lines]),
            "intermediate.claim_final_state": """
                member_id | claim_id | final_state
                ----------+----------+------------
                ada       | A1       | counts
                ada       | A2       | counts
            """,
        },
    )

    assert [key for key, is_credited in made.rows("line_key", "is_credited") if is_credited == "true"] == credited
