"""The published view of what happened to each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


RUNS = """
    run_number | run_id | known_from_utc
    -----------+--------+--------------------
    1          | R1     | 2026-01-01 02:00:00
    2          | R2     | 2026-01-02 02:00:00
    3          | R3     | 2026-01-03 02:00:00
"""


def test_a_case_has_its_event_in_the_publish_it_changed_in_and_stands_unchanged_after(published: RunModel) -> None:
    made = published(
        "case_event",
        {
            "audit.run_history": RUNS,
            "audit.case_version": """
                case_id | from_run_number | to_run_number | case_event | changed_columns | related_case_id | is_in_audit
                --------+-----------------+---------------+------------+-----------------+-----------------+------------
                C2      | 1               | 1             | new        | []              | C9              | true
                C2      | 2               | 3             | changed    | [paid_amount]   |                 | true
                C1      | 1               | 2             | new        | []              | C8              | true
                C1      | 3               | 3             | gone       | []              |                 | false
                C3      | 1               | 3             | gone       | []              |                 | false
            """,
        },
    )

    assert made.in_order("run_number", "case_id", "case_event", "changed_columns", "related_case_id") == [
        ("1", "C1", "new", "[]", "C8"),
        ("1", "C2", "new", "[]", "C9"),
        ("1", "C3", "gone", "[]", None),
        ("2", "C1", "unchanged", "[]", None),
        ("2", "C2", "changed", "[paid_amount]", None),
        ("3", "C1", "gone", "[]", None),
        ("3", "C2", "unchanged", "[]", None),
    ]
