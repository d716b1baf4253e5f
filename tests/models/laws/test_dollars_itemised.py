"""The law that the lines of an episode sum to its dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    episode_id | paid_amount | allowed_amount
    -----------+-------------+---------------
    E1         | 10.00       | 20.00
    E1         | -2.50       | 0.00
    E2         | 5.00        | 6.00
    E2         |             | 1.00
"""


def broken_by(published: RunModel, reviews: str, lines: str = LINES) -> list[str | None]:
    """The episodes whose dollars are not those of their lines."""
    made = published(
        "dollars_itemised",
        {
            "audit.episode_review": "episode_id | paid_amount | allowed_amount\n" + reviews,
            "audit.episode_dollar_line": lines,
        },
    )
    return made.column("episode_id")


def test_lines_sum_to_the_cent_and_one_unknown_makes_the_sum_unknown(published: RunModel) -> None:
    assert broken_by(published, "E1 | 7.50 | 20.00\nE2 | | 7.00") == []
    assert broken_by(published, "E1 | 7.51 | 20.00\nE2 | | 7.00") == ["E1"]
    assert broken_by(published, "E1 | 7.50 | 19.99\nE2 | 5.00 | 7.00") == ["E1", "E2"]


def test_an_episode_without_lines_has_no_dollars_and_lines_have_an_episode(published: RunModel) -> None:
    assert broken_by(published, "E1 | 7.50 | 20.00\nE2 | | 7.00\nE3 | 0.00 | 0.00") == []
    assert broken_by(published, "E1 | 7.50 | 20.00\nE2 | | 7.00\nE3 | 0.01 | 0.00") == ["E3"]
    assert broken_by(published, "E1 | 7.50 | 20.00") == [None]
