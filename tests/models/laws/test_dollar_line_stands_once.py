"""The law that a claim line is in the dollars of one episode, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def broken_by(published: RunModel, *lines: str) -> list[tuple[str | None, ...]]:
    """Member, claim and line of the lines that stand more than once; E1 and E2 are ada's, E3 is bea's."""
    made = published(
        "dollar_line_stands_once",
        {
            "audit.episode_review": "episode_id | member_id\nE1 | ada\nE2 | ada\nE3 | bea",
            "audit.episode_dollar_line": "episode_id | claim_id | claim_line_number\n" + "\n".join(lines),
        },
    )
    return made.rows("member_id", "claim_id", "claim_line_number")


def test_a_line_in_two_episodes_or_twice_in_one_breaks_it_and_another_members_line_does_not(
    published: RunModel,
) -> None:
    assert broken_by(published, "E1 | A1 | 1", "E1 | A1 | 2", "E3 | A1 | 1") == []
    assert broken_by(published, "E1 | A1 | 1", "E2 | A1 | 1", "E3 | A1 | 1") == [("ada", "A1", "1")]
    assert broken_by(published, "E3 | A1 | 1", "E3 | A1 | 1") == [("bea", "A1", "1")]
