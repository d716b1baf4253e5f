"""The law that an episode has one outcome with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_that_stands_twice_or_lacks_outcome_or_reason_is_named(published: RunModel) -> None:
    made = published(
        "episode_has_one_outcome",
        {
            "audit.episode_review": """
                episode_id | outcome    | outcome_reason
                -----------+------------+---------------------------
                E1         | flagged    | no_conservative_care_found
                E2         | flagged    | no_conservative_care_found
                E2         | flagged    | no_conservative_care_found
                E3         |            | no_conservative_care_found
                E4         | documented |
                E5         | documented | failure_documented
                E6         | flagged    | no_conservative_care_found
                E6         |            |
            """
        },
    )

    assert made.column("episode_id") == ["E2", "E3", "E4", "E6"]
