"""What is new about the flagged cases of the newest publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_flagged_case_is_new_on_the_list_changed_or_unchanged(published: RunModel) -> None:
    made = published(
        "flagged_news",
        {
            "audit.run_history": "run_number\n1\n3\n2",
            "audit.case_version": """
                case_id    | from_run_number | to_run_number | is_in_audit | outcome        | changed_columns
                -----------+-----------------+---------------+-------------+----------------+----------------
                unchanged  | 1               | 1             | true        | documented     | []
                unchanged  | 2               | 3             | true        | flagged        | [outcome]
                changed    | 1               | 2             | true        | flagged        | []
                changed    | 3               | 3             | true        | flagged        | [paid_amount]
                first_seen | 3               | 3             | true        | flagged        | []
                was_held   | 1               | 2             | true        | not_assessable | []
                was_held   | 3               | 3             | true        | flagged        | [outcome]
                came_back  | 1               | 2             | false       | flagged        | []
                came_back  | 3               | 3             | true        | flagged        | []
                older      | 1               | 1             | true        | flagged        | []
                older      | 2               | 2             | true        | documented     | [outcome]
                older      | 3               | 3             | true        | flagged        | [outcome]
                ended      | 1               | 2             | true        | flagged        | []
                left       | 3               | 3             | false       | flagged        | []
                cleared    | 3               | 3             | true        | documented     | [outcome]
            """,
        },
    )

    assert made.in_order("case_id", "word", "changed_columns") == [
        ("came_back", "new", "[]"),
        ("changed", "changed", "[paid_amount]"),
        ("first_seen", "new", "[]"),
        ("older", "new", "[outcome]"),
        ("unchanged", "unchanged", "[outcome]"),
        ("was_held", "new", "[outcome]"),
    ]
