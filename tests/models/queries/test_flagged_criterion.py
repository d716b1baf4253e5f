"""The criteria of flagged episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_criteria_of_flagged_episodes_come_whole_and_those_of_others_not(published: RunModel) -> None:
    made = published(
        "flagged_criterion",
        {
            "audit.episode_review": "episode_id | outcome\nE1 | flagged\nE2 | documented\nE3 | flagged",
            "audit.criterion_result": """
                episode_id | criterion     | result      | explanation
                -----------+---------------+-------------+------------
                E1         | care_span     | not_met     | Short.
                E1         | enough_groups | met         | Two.
                E2         | care_span     | not_met     | Other.
                E9         | care_span     | cannot_tell | Nobody.
            """,
        },
    )

    assert made.rows("episode_id", "criterion", "result", "explanation") == [
        ("E1", "care_span", "not_met", "Short."),
        ("E1", "enough_groups", "met", "Two."),
    ]
