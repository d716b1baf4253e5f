"""The measures of what a night found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_outcomes_are_counted_by_reason_and_dollars_are_those_flagged(published: RunModel) -> None:
    made = published(
        "outcome_measure",
        {
            "audit.episode_review": """
                episode_id | outcome        | outcome_reason             | exclusion_reasons      | paid_amount
                -----------+----------------+----------------------------+------------------------+------------
                E1         | flagged        | no_conservative_care_found | []                     | 100.50
                E2         | flagged        | no_conservative_care_found | []                     |
                E3         | excluded       |                            | [red_flag, other_pain] | 7
                E4         | excluded       |                            | [red_flag]             | 7
                E5         | not_assessable | medication_unknown         | []                     | 7
            """
        },
    )

    assert {
        (segment, measure): (float(value or 0), rows)
        for segment, measure, value, rows in made.rows("segment", "measure", "value", "row_count")
    } == {
        ("", "episodes"): (5, "5"),
        ("", "flagged_share"): (0.4, "5"),
        ("", "flagged_dollars"): (100.5, "2"),
        ("red_flag", "excluded_share"): (0.4, "5"),
        ("other_pain", "excluded_share"): (0.2, "5"),
        ("medication_unknown", "not_assessable_share"): (0.2, "5"),
    }


def test_a_night_without_an_episode_still_tells_that_there_is_none(published: RunModel) -> None:
    columns = "episode_id | outcome | outcome_reason | exclusion_reasons | paid_amount"
    made = published("outcome_measure", {"audit.episode_review": columns})

    told = [row for row in made.rows("measure", "value", "row_count") if row[1] and row[2] != "0"]
    assert told == [("episodes", "0.0", "1")]
