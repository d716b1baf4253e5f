"""What the care of an episode comes to, over all groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_groups_are_counted_by_state_and_exercise_and_medication_are_looked_at_apart(model: RunModel) -> None:
    made = model(
        "intermediate.episode_care",
        {
            "intermediate.care_group_finding": """
                episode_id | care_group   | state    | has_failure_statement | service_count | measure | last_date
                -----------+--------------+----------+-----------------------+---------------+---------+-----------
                E1         | exercise     | adequate | true                  | 6             | 6       | 2025-02-20
                E1         | manipulation | short    | false                 | 2             | 9       | 2025-02-25
                E1         | medication   | unknown  | false                 | 0             | 0       |
                E2         | exercise     | short    | false                 | 1             | 1       | 2025-02-01
                E2         | manipulation | adequate | true                  | 4             | 4       | 2025-02-02
                E2         | medication   | none     | true                  | 0             | 0       |
                E2         | acupuncture  | unknown  | false                 | 0             | 0       |
            """,
            "intermediate.care_service": "",
            "intermediate.care_course": "",
        },
    )

    assert made.rows(
        "episode_id", "adequate_group_count", "is_exercise_adequate", "is_medication_unknown", "service_count"
    ) == [("E1", "1", "true", "true", "8"), ("E2", "1", "false", "false", "5")]
    assert made.rows(
        "episode_id", "documented_group_count", "is_exercise_documented", "exercise_date_count", "exercise_last_date"
    ) == [("E1", "1", "true", "6.0", "2025-02-20"), ("E2", "2", "false", "1.0", "2025-02-01")]


def test_care_spans_from_the_first_start_to_the_last_end_and_the_longest_of_the_best_courses_is_kept(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.episode_care",
        {
            "intermediate.care_group_finding": """
                episode_id | care_group | state
                -----------+------------+------
                E1         | exercise   | short
                E2         | exercise   | none
            """,
            "intermediate.care_service": """
                episode_id | start_date | end_date
                -----------+------------+-----------
                E1         | 2025-01-10 | 2025-02-20
                E1         | 2025-01-01 | 2025-01-01
                E1         | 2025-02-01 | 2025-02-01
            """,
            "intermediate.care_course": """
                episode_id | first_date | last_date  | date_count
                -----------+------------+------------+-----------
                E1         | 2025-01-01 | 2025-01-08 | 3
                E1         | 2025-02-01 | 2025-02-10 | 3
                E1         | 2025-03-01 | 2025-04-30 | 2
            """,
        },
    )

    assert made.rows("episode_id", "span_start_date", "span_end_date", "span_days", "exercise_span_days") == [
        ("E1", "2025-01-01", "2025-02-20", "50", "9"),
        ("E2", None, None, "0", "0"),
    ]
