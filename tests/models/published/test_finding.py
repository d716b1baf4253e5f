"""The published worklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_flagged_episodes_stand_best_first(published: RunModel) -> None:
    made = published(
        "finding",
        {
            "audit.criterion_result": "",
            "audit.episode_remark": "",
            "audit.episode_review": """
                episode_id | outcome    | priority_score | anchor_date
                -----------+------------+----------------+------------
                E1         | flagged    |                | 2025-01-01
                E2         | flagged    | 40.0           | 2025-01-02
                E3         | flagged    | 50.0           | 2025-01-03
                E5         | flagged    | 40.0           | 2025-01-01
                E4         | flagged    | 40.0           | 2025-01-01
                E6         | documented | 90.0           | 2025-01-01
            """,
        },
    )

    assert made.in_order("episode_id") == [("E3",), ("E4",), ("E5",), ("E2",), ("E1",)]


def test_why_is_told_by_the_criteria_that_are_not_met_in_their_order(published: RunModel) -> None:
    made = published(
        "finding",
        {
            "audit.episode_remark": "",
            "audit.criterion_result": """
                episode_id | criterion          | criterion_number | result      | explanation
                -----------+--------------------+------------------+-------------+------------
                E1         | adequate_care      | 5                | not_met     | Sum.
                E1         | failure_documented | 4                | not_met     | Fourth.
                E1         | care_span          | 3                | cannot_tell | Third.
                E1         | enough_groups      | 2                | met         | Second.
                E1         | exercise_course    | 1                | not_met     | First.
                E2         | exercise_course    | 1                | not_met     | Other.
            """,
            "audit.episode_review": "episode_id | outcome\nE1 | flagged\nE3 | flagged",
        },
    )

    assert made.rows("episode_id", "why") == [("E1", "First. Fourth."), ("E3", None)]


def test_remarks_are_said_once_each_what_was_set_aside_first(published: RunModel) -> None:
    made = published(
        "finding",
        {
            "audit.criterion_result": "",
            "audit.episode_remark": """
                episode_id | remark_kind | remark_text
                E1         | repaired    | A mended.
                E1         | doubtful    | Doubt two.
                E1         | doubtful    | Doubt one.
                E1         | doubtful    | Doubt one.
                E1         | set_aside   | Set aside.
                E2         | repaired    | A mended.
            """,
            "audit.episode_review": "episode_id | outcome\nE1 | flagged\nE3 | flagged",
        },
    )

    assert made.rows("episode_id", "remarks") == [
        ("E1", "[Set aside., Doubt one., Doubt two., A mended.]"),
        ("E3", "[]"),
    ]
