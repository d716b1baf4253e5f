"""The gaps of enrolment with the care on their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_care_on_the_days_of_a_gap_is_counted_once_both_ends_in(model: RunModel) -> None:
    made = model(
        "audit.enrollment_gap",
        {
            "intermediate.enrollment_gap": """
                episode_id | start_date | end_date
                -----------+------------+-----------
                E1         | 2025-01-10 | 2025-01-12
                E1         | 2025-02-01 | 2025-02-01
                E2         | 2025-01-01 | 2025-12-31
            """,
            "audit.care_ledger": """
                episode_id | service_date
                -----------+-------------
                E1         | 2025-01-09
                E1         | 2025-01-10
                E1         | 2025-01-10
                E1         | 2025-01-12
                E1         | 2025-01-13
                E3         | 2025-01-10
            """,
        },
    )

    assert made.rows("episode_id", "start_date", "day_count", "care_count") == [
        ("E1", "2025-01-10", "3", "3"),
        ("E1", "2025-02-01", "1", "0"),
        ("E2", "2025-01-01", "365", "0"),
    ]
