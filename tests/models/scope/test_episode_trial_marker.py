"""Which markers of a clinical trial the claims of an episode carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_marker_is_told_apart_and_a_number_that_is_not_complete_is_a_number_all_the_same(model: RunModel) -> None:
    made = model(
        "intermediate.episode_trial_marker",
        {
            "intermediate.episode": "episode_id\nE1\nE2\nE3\nE4\nE5",
            "intermediate.trial_marker_row": """
                episode_id | fact                        | is_complete
                -----------+-----------------------------+------------
                E1         | trial_diagnosis             | true
                E1         | trial_diagnosis             | true
                E2         | trial_modifier_or_condition | true
                E3         | trial_number                | true
                E3         | trial_number                | false
                E4         | trial_number                | false
            """,
        },
    )

    assert made.rows(
        "episode_id", "has_trial_diagnosis", "has_investigational_marker", "has_trial_number", "has_any_trial_number"
    ) == [
        ("E1", "true", "false", "false", "false"),
        ("E2", "false", "true", "false", "false"),
        ("E3", "false", "false", "true", "true"),
        ("E4", "false", "false", "false", "true"),
        ("E5", "false", "false", "false", "false"),
    ]
