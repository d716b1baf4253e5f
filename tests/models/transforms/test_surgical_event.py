"""Index lines a few days apart are one surgery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_line_joins_the_event_up_to_its_last_day_and_windows_are_not_chained(transform: RunModel) -> None:
    made = transform(
        "surgical_event",
        {
            "intermediate.index_line": """
                member_id | service_date
                ----------+-------------
                ada       | 2025-03-07
                ada       | 2025-03-01
                ada       | 2025-03-04
                ada       | 2025-03-04
                bea       | 2025-03-05
                bea       | 2025-03-01
            """,
            "policies.default_policy": """
                same_surgery_days
                -----------------
                3
            """,
        },
    )

    assert made.rows("member_id", "event_date", "event_window_end_date") == [
        ("ada", "2025-03-01", "2025-03-04"),
        ("ada", "2025-03-07", "2025-03-10"),
        ("bea", "2025-03-01", "2025-03-04"),
        ("bea", "2025-03-05", "2025-03-08"),
    ]
