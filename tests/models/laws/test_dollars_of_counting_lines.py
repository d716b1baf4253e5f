"""The law that the dollars of episodes are those of their counting lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    member_id | claim_id | line_key | paid_amount
    ----------+----------+----------+------------
    ada       | A1       | 1        | 10.00
    ada       | A1       | 2        | 20.00
    ada       | A2       | 1        | 5.00
    bea       | A1       | 1        | 7.00
    bea       | B9       | 1        | 1000.00
"""


def broken_by(
    published: RunModel, reviews: str, lines: str = LINES, *, repeated: str = ""
) -> list[tuple[str | None, ...]]:
    """The episodes whose dollars are not those of their lines, with both; ``repeated`` are lines of interim bills."""
    made = published(
        "dollars_of_counting_lines",
        {
            "audit.episode_review": "episode_id | member_id | claim_ids | paid_amount\n" + reviews,
            "intermediate.counting_line": lines,
            "intermediate.event_dollar_line": "member_id | claim_id | line_key | is_repeated_interim\n" + repeated,
        },
    )
    return made.rows("episode_id", "reviewed_dollars", "counted_dollars")


def test_each_line_of_a_claim_that_episodes_own_counts_and_no_other(published: RunModel) -> None:
    ada = "E1 | ada | [A1, A2] | 35.00"
    assert broken_by(published, f"{ada}\nE2 | bea | [A1] | 7.00") == []
    assert broken_by(published, f"{ada}\nE2 | bea | [A1] | 7.01") == [("E2", "7.01", "7.00")]
    assert broken_by(published, "E1 | ada | [A1, A2] | 34.99\nE2 | bea | [A1] | 7.00") == [("E1", "34.99", "35.00")]


def test_a_line_that_interim_bills_repeat_counts_once(published: RunModel) -> None:
    assert broken_by(published, "E1 | ada | [A1, A2] | 30.00", repeated="ada | A2 | 1 | true") == []
    assert broken_by(published, "E1 | ada | [A1, A2] | 35.00", repeated="ada | A2 | 1 | true") == [
        ("E1", "35.00", "30.00")
    ]
    assert broken_by(published, "E1 | ada | [A1, A2] | 35.00", repeated="ada | A2 | 1 | false") == []


def test_one_amount_that_nobody_sent_makes_the_dollars_unknown(published: RunModel) -> None:
    lines = LINES.replace("ada       | A2       | 1        | 5.00", "ada       | A2       | 1        |")

    assert broken_by(published, "E1 | ada | [A1, A2] |", lines) == []
    assert broken_by(published, "E1 | ada | [A1, A2] | 30.00", lines) == [("E1", "30.00", None)]


def test_a_claim_that_two_episodes_list_counts_once(published: RunModel) -> None:
    assert broken_by(published, "E1 | ada | [A1] | 30.00\nE2 | ada | [A1, A2] | 5.00") == []
    assert broken_by(published, "E1 | ada | [A1] | 30.00\nE2 | ada | [A1, A2] | 35.00") == [("E2", "35.00", "5.00")]


def test_no_episode_and_no_line_make_no_difference_and_an_episode_without_lines_one(published: RunModel) -> None:
    assert broken_by(published, "", "") == []
    assert broken_by(published, "", LINES) == []
    assert broken_by(published, "E1 | ada | [A1] | 30.00", "") == [("E1", "30.00", None)]
