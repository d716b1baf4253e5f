"""The state of each care group, as it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_groups_stand_by_episode_and_name_with_whole_numbers(model: RunModel) -> None:
    made = model(
        "audit.care_group_state",
        {
            "intermediate.care_group_finding": """
                episode_id | care_group   | state    | service_count | first_date | last_date  | measure | threshold | has_failure_statement
                -----------+--------------+----------+---------------+------------+------------+---------+-----------+----------------------
                E2         | exercise     | none     | 0             |            |            | 0       | 6         | false
                E1         | manipulation | short    | 2             | 2025-01-01 | 2025-01-02 | 2       | 4         | false
                E1         | exercise     | adequate | 6             | 2025-01-01 | 2025-02-02 | 6       | 6         | true
            """
        },
    )

    assert made.in_order("episode_id", "care_group", "state", "service_count", "measure", "has_failure_statement") == [
        ("E1", "exercise", "adequate", "6", "6.0", "true"),
        ("E1", "manipulation", "short", "2", "2.0", "false"),
        ("E2", "exercise", "none", "0", "0.0", "false"),
    ]
