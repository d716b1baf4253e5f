"""The law that an episode has an index line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_without_an_index_line_of_its_own_is_named(published: RunModel) -> None:
    made = published(
        "episode_has_index_line",
        {
            "audit.episode_review": "episode_id\nE1\nE2\nE3",
            "intermediate.episode_index_line": "episode_id | claim_id\nE1 | A1\nE1 | A2\nE3 | C1\nE9 | X1",
        },
    )

    assert made.column("episode_id") == ["E2"]
