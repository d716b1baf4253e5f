"""Enrolment spans with their open ends filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_open_ends_reach_far_and_a_span_that_ends_before_it_starts_covers_no_day(model: RunModel) -> None:
    made = model(
        "intermediate.enrollment_span",
        {
            "intermediate.final_eligibility": """
                member_id | enrollment_start_date | enrollment_end_date | has_pharmacy_benefit
                ----------+-----------------------+---------------------+---------------------
                ada       |                       |                     |
                bea       | 2025-01-02            | 2025-01-02          | false
                cid       | 2025-01-03            | 2025-01-02          | true
                dan       | 2025-01-03            |                     | true
            """
        },
    )

    assert made.rows("member_id", "enrollment_start_date", "enrollment_end_date", "has_pharmacy_benefit") == [
        ("ada", "0001-01-01", "9999-12-31", None),
        ("bea", "2025-01-02", "2025-01-02", "false"),
        ("dan", "2025-01-03", "9999-12-31", "true"),
    ]
