"""Courses of exercise are runs of dates without a long gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_gap_of_the_longest_days_allowed_stays_in_the_course_and_a_day_more_opens_another(
    transform: RunModel,
) -> None:
    made = transform(
        "care_course",
        {
            "intermediate.exercise_date": """
                episode_id | service_date | exercise_max_gap_days
                -----------+--------------+----------------------
                E1         | 2025-01-31   | 30
                E1         | 2025-01-01   | 30
                E1         | 2025-01-31   | 30
                E1         | 2025-03-03   | 30
                E2         | 2025-01-01   | 29
                E2         | 2025-01-31   | 29
            """
        },
    )

    assert made.rows("episode_id", "course_number", "first_date", "last_date", "date_count") == [
        ("E1", "1", "2025-01-01", "2025-01-31", "2"),
        ("E1", "2", "2025-03-03", "2025-03-03", "1"),
        ("E2", "1", "2025-01-01", "2025-01-01", "1"),
        ("E2", "2", "2025-01-31", "2025-01-31", "1"),
    ]
