"""The published view of the cases flagged in each publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_flagged_case_stands_in_each_publish_of_its_version_best_first(published: RunModel) -> None:
    made = published(
        "flag_history",
        {
            "audit.run_history": "run_number | run_id\n1 | R1\n2 | R2\n3 | R3",
            "audit.case_version": """
                case_id | from_run_number | to_run_number | outcome    | is_in_audit | priority_score | anchor_date
                --------+-----------------+---------------+------------+-------------+----------------+------------
                C1      | 2               | 2             | flagged    | true        |                | 2025-01-01
                C2      | 1               | 2             | flagged    | true        | 40.0           | 2025-01-02
                C3      | 2               | 3             | flagged    | true        | 50.0           | 2025-01-03
                C5      | 2               | 2             | flagged    | true        | 40.0           | 2025-01-01
                C4      | 2               | 2             | flagged    | true        | 40.0           | 2025-01-01
                C6      | 1               | 3             | documented | true        | 90.0           | 2025-01-01
                C7      | 1               | 3             | flagged    | false       | 90.0           | 2025-01-01
            """,
        },
    )

    assert made.in_order("run_number", "run_id", "case_id") == [
        ("1", "R1", "C2"),
        ("2", "R2", "C3"),
        ("2", "R2", "C4"),
        ("2", "R2", "C5"),
        ("2", "R2", "C2"),
        ("2", "R2", "C1"),
        ("3", "R3", "C3"),
    ]
