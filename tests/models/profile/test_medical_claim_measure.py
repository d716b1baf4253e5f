"""The measures of claim lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    claim_line_start_date | claim_type    | claim_status | hcpcs_code | paid_amount | bill_type_code | diagnosis_pointer | data_source | line_of_business
    ----------------------+---------------+--------------+------------+-------------+----------------+-------------------+-------------+-----------------
    2025-01-01            | professional  | denied       | 63650      | 100.00      |                | 1                 | north       | commercial
    2025-01-15            | institutional | paid         | 97110      | 400.00      | 0131           | 1:2               | north       | medicare
    2025-02-01            | institutional |              |            | 0.00        | 0131           |                   | south       | commercial
    2025-02-20            | professional  | pending      | 97110      | 12.50       | 0111           | 3                 |             | commercial
"""
OPENING = """
    code  | opens_event
    ------+------------
    63650 | yes
    95972 | no
"""


def test_shares_are_those_of_all_lines_of_each_sender_and_of_each_line_of_business(published: RunModel) -> None:
    made = published(
        "medical_claim_measure",
        {"audit.delivered_medical_claim": LINES, "value_sets.index_procedures": OPENING},
    )
    shares = {
        (kind, segment, measure): (float(str(value or 0)), str(count))
        for kind, segment, measure, value, count in made.rows(
            "segment_kind", "segment", "measure", "value", "row_count"
        )
    }

    assert shares["all", "", "denied_share"] == (0.25, "4")
    assert shares["all", "", "blank_status_share"] == (0.25, "4")
    assert shares["data_source", "north", "denied_share"] == (0.5, "2")
    assert shares["data_source", "south", "denied_share"] == (0.0, "1")
    assert shares["line_of_business", "medicare", "denied_share"] == (0.0, "1")
    assert shares["all", "", "opening_share"] == (0.25, "4")
    assert shares["all", "", "professional_share"] == (0.5, "4")
    assert shares["all", "", "first_of_month_share"] == (0.5, "4")
    assert shares["all", "", "whole_hundred_share"] == (2 / 3, "3")
    assert shares["all", "", "zero_paid_share"] == (0.5, "2")
    assert shares["all", "", "pointer_further_share"] == (2 / 3, "3")
    assert shares["all", "", "hospital_as_professional_share"] == (1 / 3, "3")
    assert shares["all", "", "bill_type_share"] == (1.0, "2")
    assert round(shares["all", "", "paid_typical"][0], 1) == round((100 * 400 * 12.5) ** (1 / 3), 1)
    assert shares["all", "", "busy_months"] == (2, "4")


def test_a_wrong_check_digit_is_counted_among_whole_provider_numbers(published: RunModel) -> None:
    # 1234567893 is the example of the standard, 80840 before it.
    numbers = ("1234567893", "1234567894", "1000000004", "123456789", "", "3234567893")
    lines = "".join(f"2025-01-01 | professional | {number}\n" for number in numbers)
    made = published(
        "medical_claim_measure",
        {
            "audit.delivered_medical_claim": f"claim_line_start_date | claim_type | rendering_npi\n{lines}",
            "value_sets.index_procedures": OPENING,
        },
    )
    found = {
        measure: (round(float(value or 0), 3), rows)
        for kind, measure, value, rows in made.rows("segment_kind", "measure", "value", "row_count")
        if kind == "all"
    }

    assert found["false_npi_share"] == (0.333, "3")
    assert found["whole_npi_share"] == (0.6, "5")
