"""The law that the parts of a priority sum to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def broken_by(published: RunModel, reviews: str, parts: str) -> list[str | None]:
    """The episodes whose priority is not the sum of its parts."""
    made = published(
        "priority_parts_add_up",
        {
            "audit.episode_review": "episode_id | priority_score\n" + reviews,
            "audit.priority_part": "episode_id | points\n" + parts,
        },
    )
    return made.column("episode_id")


def test_parts_sum_to_the_priority_but_for_the_rounding_and_no_others_have_parts(published: RunModel) -> None:
    parts = "E1 | 40\nE1 | 10.05\nE1 | -25.025"

    assert broken_by(published, "E1 | 25.0\nE2 |", parts) == []
    assert broken_by(published, "E1 | 25.1", parts) == ["E1"]
    assert broken_by(published, "E1 |", parts) == ["E1"]
    assert broken_by(published, "E1 | 25.0\nE2 | 0.0", parts) == ["E2"]
