"""The law that an episode has five criteria, and an excluded one none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


FIVE = ("exercise_course", "enough_groups", "care_span", "failure_documented", "adequate_care")


def broken_by(published: RunModel, outcome: str, *criteria: str) -> list[str | None]:
    """The episodes that break the law where E1 has this outcome and these criteria."""
    made = published(
        "episode_has_five_criteria",
        {
            "audit.episode_review": f"episode_id | outcome\nE1 | {outcome}",
            "audit.criterion_result": "\n".join(["episode_id | criterion", *(f"E1 | {each}" for each in criteria)]),
        },
    )
    return made.column("episode_id")


def test_an_episode_with_its_five_criteria_keeps_the_law_and_with_one_less_or_more_breaks_it(
    published: RunModel,
) -> None:
    assert broken_by(published, "flagged", *FIVE) == []
    assert broken_by(published, "flagged", *FIVE[1:]) == ["E1"]
    assert broken_by(published, "documented", *FIVE, "sixth") == ["E1"]
    assert broken_by(published, "not_assessable") == ["E1"]


def test_a_criterion_that_stands_twice_breaks_the_law(published: RunModel) -> None:
    assert broken_by(published, "flagged", *FIVE, FIVE[0]) == ["E1"]
    assert broken_by(published, "flagged", *FIVE[1:], FIVE[1]) == ["E1"]


def test_an_excluded_episode_keeps_the_law_without_criteria_and_breaks_it_with_one(published: RunModel) -> None:
    assert broken_by(published, "excluded") == []
    assert broken_by(published, "excluded", FIVE[0]) == ["E1"]
    assert broken_by(published, "excluded", *FIVE) == ["E1"]
