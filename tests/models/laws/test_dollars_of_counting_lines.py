"""The law that the dollars of episodes are those of their counting lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    member_id | claim_id | paid_amount
    ----------+----------+------------
    ada       | A1       | 10.00
    ada       | A1       | 20.00
    ada       | A2       | 5.00
    bea       | A1       | 7.00
    bea       | B9       | 1000.00
"""


def broken_by(published: RunModel, reviews: str, lines: str = LINES) -> list[tuple[str | None, ...]]:
    """The dollars of the episodes and of the lines, where they differ."""
    made = published(
        "dollars_of_counting_lines",
        {
            "audit.episode_review": "member_id | claim_ids | paid_amount\n" + reviews,
            "intermediate.counting_line": lines,
        },
    )
    return made.rows("reviewed_dollars", "counted_dollars")


def test_each_line_of_a_claim_that_episodes_own_counts_and_no_other(published: RunModel) -> None:
    assert broken_by(published, "ada | [A1, A2] | 35.00\nbea | [A1] | 7.00") == []
    assert broken_by(published, "ada | [A1, A2] | 35.00\nbea | [A1] | 7.01") == [("42.01", "42.00")]
    assert broken_by(published, "ada | [A1, A2] | 34.99\nbea | [A1] | 7.00") == [("41.99", "42.00")]


def test_a_claim_that_two_episodes_list_counts_once(published: RunModel) -> None:
    assert broken_by(published, "ada | [A1] | 30.00\nada | [A1, A2] | 5.00") == []
    assert broken_by(published, "ada | [A1] | 30.00\nada | [A1, A2] | 35.00") == [("65.00", "35.00")]


def test_no_episode_and_no_line_make_no_difference_and_an_episode_without_lines_one(published: RunModel) -> None:
    assert broken_by(published, "", "") == []
    assert broken_by(published, "", LINES) == []
    assert broken_by(published, "ada | [A1] | 30.00", "") == [("30.00", "0.00")]
