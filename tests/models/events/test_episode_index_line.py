"""The index lines with their event and episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_line_joins_the_event_in_whose_window_it_lies_both_ends_in(model: RunModel) -> None:
    made = model(
        "intermediate.episode_index_line",
        {
            "intermediate.episode_event": """
                episode_id | member_id | event_date | event_window_end_date
                -----------+-----------+------------+----------------------
                E1         | ada       | 2025-03-01 | 2025-03-04
                E2         | ada       | 2025-03-05 | 2025-03-08
            """,
            "intermediate.index_line": """
                member_id | claim_id | service_date
                ----------+----------+-------------
                ada       | A0       | 2025-02-28
                ada       | A1       | 2025-03-01
                ada       | A2       | 2025-03-04
                ada       | A3       | 2025-03-05
                ada       | A4       | 2025-03-08
                ada       | A5       | 2025-03-09
                bea       | B1       | 2025-03-01
            """,
        },
    )

    assert made.rows("episode_id", "event_date", "claim_id") == [
        ("E1", "2025-03-01", "A1"),
        ("E1", "2025-03-01", "A2"),
        ("E2", "2025-03-05", "A3"),
        ("E2", "2025-03-05", "A4"),
    ]
