"""The state of each care group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_state_is_the_first_that_holds(model: RunModel) -> None:
    made = model(
        "intermediate.care_group_finding",
        {
            "intermediate.care_group_measure": """
                episode_id | care_group    | is_enough | service_count
                -----------+---------------+-----------+--------------
                E1         | exercise      | true      | 6
                E1         | manipulation  | false     | 0
                E1         | medication    | false     | 3
                E1         | psychological | false     | 1
                E1         | acupuncture   | false     | 0
                E2         | medication    | false     | 0
                E3         | medication    | true      | 2
                E3         | exercise      | false     | 0
            """,
            "intermediate.failure_statement": """
                episode_id | care_group   | is_valid
                -----------+--------------+---------
                E1         | manipulation | true
                E1         | manipulation | true
                E1         | acupuncture  | false
                E2         | acupuncture  | true
            """,
            "intermediate.episode_visibility": """
                episode_id | drugs_visible
                -----------+--------------
                E1         | false
                E2         | true
                E3         | false
            """,
        },
    )

    assert made.rows("episode_id", "care_group", "state", "has_failure_statement") == [
        ("E1", "acupuncture", "none", "false"),
        ("E1", "exercise", "adequate", "false"),
        ("E1", "manipulation", "adequate", "true"),
        ("E1", "medication", "unknown", "false"),
        ("E1", "psychological", "short", "false"),
        ("E2", "medication", "none", "false"),
        ("E3", "exercise", "none", "false"),
        ("E3", "medication", "adequate", "false"),
    ]
