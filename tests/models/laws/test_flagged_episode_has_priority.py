"""The law that flagged episodes, and no others, have a priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_flagged_episode_without_a_priority_and_another_with_one_are_named(published: RunModel) -> None:
    made = published(
        "flagged_episode_has_priority",
        {
            "audit.episode_review": """
                episode_id | outcome        | priority_score
                -----------+----------------+---------------
                E1         | flagged        | 0.0
                E2         | flagged        |
                E3         | documented     |
                E4         | documented     | 0.0
                E5         | not_assessable | 40.0
                E6         | excluded       |
            """
        },
    )

    assert made.column("episode_id") == ["E2", "E4", "E5"]
