"""The measures of enrolment spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_span_is_open_up_to_92_days_before_the_run(published: RunModel) -> None:
    made = published(
        "eligibility_measure",
        {
            "audit.run": """
                as_of_date
                ----------
                2025-06-30
            """,
            "audit.delivered_eligibility": """
                member_id | enrollment_end_date | has_pharmacy_benefit | line_of_business
                ----------+---------------------+----------------------+-----------------
                ada       |                     | true                 | commercial
                bea       | 2025-03-30          | false                | commercial
                cyn       | 2025-03-29          |                      | medicare
            """,
        },
    )

    assert {
        (segment, measure): round(float(value or 0), 3)
        for segment, measure, value, count in made.rows("segment", "measure", "value", "row_count")
        if count != "0"
    } == {
        ("", "spans"): 3,
        ("", "open_span_share"): 0.667,
        ("", "without_benefit_share"): 0.5,
        ("commercial", "spans"): 2,
        ("commercial", "open_span_share"): 1,
        ("commercial", "without_benefit_share"): 0.5,
        ("medicare", "spans"): 1,
        ("medicare", "open_span_share"): 0,
    }
