"""The published view of the cases flagged for review."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_finding_says_since_when_and_how_often_its_case_was_flagged(published: RunModel) -> None:
    made = published(
        "v_open_cases_v1",
        {
            "audit.finding": """
                case_id | episode_id | priority_score | anchor_date | why
                --------+------------+----------------+-------------+-------
                C1      | E1         |                | 2025-01-01  | First.
                C2      | E2         | 40.0           | 2025-01-02  | Second.
                C3      | E3         | 40.0           | 2025-01-01  | Third.
                C4      | E4         | 50.0           | 2025-01-03  | Fourth.
                C5      | E5         | 40.0           | 2025-01-01  | Fifth.
            """,
            "audit.flag_history": """
                case_id | known_from_utc
                --------+--------------------
                C1      | 2026-01-02 02:00:00
                C1      | 2026-01-01 02:00:00
                C2      | 2026-01-02 02:00:00
                C9      | 2025-01-01 02:00:00
            """,
        },
    )

    assert made.in_order("case_id", "why", "first_flagged_utc", "flagged_run_count") == [
        ("C4", "Fourth.", None, None),
        ("C3", "Third.", None, None),
        ("C5", "Fifth.", None, None),
        ("C2", "Second.", "2026-01-02 02:00:00", "1"),
        ("C1", "First.", "2026-01-01 02:00:00", "2"),
    ]
