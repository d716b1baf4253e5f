"""The events with the name of their episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_is_named_by_its_member_and_anchor_date(model: RunModel) -> None:
    made = model(
        "intermediate.episode_event",
        {
            "intermediate.event_stage": """
                member_id | event_date
                ----------+-----------
                ada       | 2025-05-01
                ada       | 2025-06-01
                bea       | 2025-05-01
            """,
            "intermediate.implant_episode": """
                member_id | event_date | anchor_date
                ----------+------------+------------
                ada       | 2025-05-01 | 2025-05-01
                ada       | 2025-06-01 | 2025-05-01
                bea       | 2025-05-01 | 2025-05-01
            """,
        },
    )

    assert made.rows("member_id", "event_date", "anchor_date", "episode_id") == [
        ("ada", "2025-05-01", "2025-05-01", "E-5745cd3e85ab2c52"),
        ("ada", "2025-06-01", "2025-05-01", "E-5745cd3e85ab2c52"),
        ("bea", "2025-05-01", "2025-05-01", "E-46985600558eb756"),
    ]
