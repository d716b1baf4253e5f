"""The rows of the sheet Worklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_flagged_episodes_stand_best_first_then_by_date_and_name_and_those_without_a_score_last(
    published: RunModel,
) -> None:
    made = published(
        "flagged_episode",
        {
            "audit.episode_remark": """
                episode_id | remark_kind | remark_text
                E3         | repaired    | A mended.
                E3         | doubtful    | A doubt.
            """,
            "audit.episode_review": """
                episode_id | case_id | outcome    | priority_score | anchor_date
                -----------+---------+------------+----------------+------------
                E1         | C1      | flagged    |                | 2025-01-01
                E2         | C2      | flagged    | 40.0           | 2025-01-02
                E3         | C3      | flagged    | 50.0           | 2025-01-03
                E5         | C5      | flagged    | 40.0           | 2025-01-01
                E4         | C4      | flagged    | 40.0           | 2025-01-01
                E6         | C6      | documented | 90.0           | 2025-01-01
                E7         | C7      | flagged    | 9.0            | 2025-01-01
            """,
        },
    )

    assert made.in_order("episode_id", "case_id", "priority_score", "anchor_date") == [
        ("E3", "C3", "50.0", "2025-01-03"),
        ("E4", "C4", "40.0", "2025-01-01"),
        ("E5", "C5", "40.0", "2025-01-01"),
        ("E2", "C2", "40.0", "2025-01-02"),
        ("E7", "C7", "9.0", "2025-01-01"),
        ("E1", "C1", None, "2025-01-01"),
    ]
    assert made.in_order("remarks")[:2] == [("[A doubt., A mended.]",), ("[]",)]
