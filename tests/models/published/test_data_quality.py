"""The published checks of a run on delivered data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_checks_on_files_and_those_of_the_rule_stand_together(published: RunModel) -> None:
    made = published(
        "data_quality",
        {
            "run_facts.check_result": """
                check_name | severity | table_name    | failed_count | total_count | status | description | consequence
                -----------+----------+---------------+--------------+-------------+--------+-------------+------------
                in_range   | critical | medical_claim | 1            | 9           | failed | A date      | Set aside
                in_range   | critical | medical_claim | 1            | 9           | failed | A date      | Set aside
            """,
            "intermediate.rule_data_quality": """
                check_name       | severity | table_name    | failed_count | total_count | status | description | consequence
                -----------------+----------+---------------+--------------+-------------+--------+-------------+------------
                replacement_ring | warning  | medical_claim | 0            | 4           | passed | A ring      | None counts
            """,
        },
    )

    row = ("in_range", "critical", "medical_claim", "1", "9", "failed", "A date", "Set aside")
    assert made.rows(*made.columns) == [
        row,
        row,
        ("replacement_ring", "warning", "medical_claim", "0", "4", "passed", "A ring", "None counts"),
    ]
