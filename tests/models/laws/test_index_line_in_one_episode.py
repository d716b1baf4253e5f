"""The law that an index line is in exactly one episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def broken_by(published: RunModel, *owned: str) -> list[tuple[str | None, ...]]:
    """The index lines that break the law, where lines of episodes are ``owned`` and E1 to E3 are reviewed."""
    made = published(
        "index_line_in_one_episode",
        {
            "intermediate.index_line": """
                member_id | claim_id | source_table  | source_key
                ----------+----------+---------------+-----------
                ada       | A1       | medical_claim | 1
            """,
            "intermediate.episode_index_line": "\n".join(
                ["episode_id | member_id | claim_id | source_table | source_key", *owned]
            ),
            "audit.episode_review": "episode_id\nE1\nE2\nE3",
        },
    )
    return made.rows("member_id", "claim_id", "source_table", "source_key")


BROKEN = [("ada", "A1", "medical_claim", "1")]


def test_a_line_in_one_episode_keeps_the_law_also_where_it_stands_there_twice(published: RunModel) -> None:
    assert broken_by(published, "E1 | ada | A1 | medical_claim | 1") == []
    assert broken_by(published, "E1 | ada | A1 | medical_claim | 1", "E1 | ada | A1 | medical_claim | 1") == []


def test_a_line_in_none_in_two_or_in_an_episode_that_is_not_reviewed_breaks_it(published: RunModel) -> None:
    assert broken_by(published) == BROKEN
    assert broken_by(published, "E1 | ada | A1 | medical_claim | 1", "E2 | ada | A1 | medical_claim | 1") == BROKEN
    assert broken_by(published, "E9 | ada | A1 | medical_claim | 1") == BROKEN


def test_a_line_of_another_member_claim_table_or_key_is_another_line(published: RunModel) -> None:
    assert broken_by(published, "E1 | bea | A1 | medical_claim | 1") == BROKEN
    assert broken_by(published, "E1 | ada | A2 | medical_claim | 1") == BROKEN
    assert broken_by(published, "E1 | ada | A1 | claim_procedure | 1") == BROKEN
    assert broken_by(published, "E1 | ada | A1 | medical_claim | 2") == BROKEN
