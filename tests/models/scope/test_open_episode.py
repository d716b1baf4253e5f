"""The episodes that are judged by their care."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_that_nothing_takes_off_the_list_is_open(model: RunModel) -> None:
    made = model(
        "intermediate.open_episode",
        {
            "intermediate.episode_window": """
                episode_id | member_id | anchor_date
                -----------+-----------+------------
                E1         | ada       | 2025-03-01
                E2         | bea       | 2025-03-02
            """,
            "intermediate.episode_exclusion": """
                episode_id | is_excluded
                -----------+------------
                E1         | false
                E2         | true
            """,
        },
    )

    assert made.rows("episode_id", "member_id", "anchor_date") == [("E1", "ada", "2025-03-01")]
