"""The cases that the newest publish flags no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_case_flagged_until_the_publish_before_is_listed_where_it_left_the_list_or_the_audit(
    published: RunModel,
) -> None:
    made = published(
        "no_longer_flagged",
        {
            "audit.run_history": "run_number\n1\n3\n2",
            "audit.case_version": """
                case_id    | from_run_number | to_run_number | is_in_audit | outcome
                -----------+-----------------+---------------+-------------+-----------
                cleared    | 1               | 2             | true        | flagged
                cleared    | 3               | 3             | true        | documented
                gone       | 2               | 2             | true        | flagged
                gone       | 3               | 3             | false       | flagged
                changed    | 1               | 2             | true        | flagged
                changed    | 3               | 3             | true        | flagged
                unchanged  | 1               | 3             | true        | flagged
                earlier    | 1               | 1             | true        | flagged
                earlier    | 2               | 3             | true        | documented
                not_since  | 1               | 1             | true        | flagged
                not_since  | 2               | 2             | true        | documented
                not_since  | 3               | 3             | true        | excluded
                long_gone  | 1               | 2             | false       | flagged
                long_gone  | 3               | 3             | true        | documented
                never      | 1               | 2             | true        | excluded
                never      | 3               | 3             | true        | documented
            """,
        },
    )

    assert made.column("case_id") == ["cleared", "gone"]
