"""What became of cases in each publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_version_of_a_case_stands_in_the_publish_it_began_with_in_the_order_of_publishes(
    published: RunModel,
) -> None:
    made = published(
        "case_night",
        {
            "audit.run_history": """
                run_number | run_id | known_from_utc
                -----------+--------+--------------------
                10         | R10    | 2026-01-10 02:00:00
                1          | R1     | 2026-01-01 02:00:00
                2          | R2     | 2026-01-02 02:00:00
            """,
            "audit.case_version": """
                case_id | from_run_number | to_run_number | case_event | changed_columns | outcome
                --------+-----------------+---------------+------------+-----------------+-----------
                C2      | 10              | 12            | changed    | [outcome]       | documented
                C2      | 1               | 9             | new        | []              | flagged
                C1      | 10              | 12            | gone       | []              | flagged
                C1      | 2               | 9             | new        | []              | flagged
                C3      | 11              | 12            | new        | []              | flagged
            """,
        },
    )

    assert made.columns == (
        *("case_id", "run_id", "known_from_utc", "case_event", "changed_columns", "outcome", "run_number"),
    )
    assert list(made.cells) == [
        ("C2", "R1", "2026-01-01 02:00:00", "new", "[]", "flagged", "1"),
        ("C1", "R2", "2026-01-02 02:00:00", "new", "[]", "flagged", "2"),
        ("C1", "R10", "2026-01-10 02:00:00", "gone", "[]", "flagged", "10"),
        ("C2", "R10", "2026-01-10 02:00:00", "changed", "[outcome]", "documented", "10"),
    ]
