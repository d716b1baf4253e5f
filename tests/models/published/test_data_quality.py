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
                check_name | severity | table_name    | failed_count | total_count | status | description | consequence | message
                -----------+----------+---------------+--------------+-------------+--------+-------------+-------------+--------
                in_range   | critical | medical_claim | 1            | 9           | failed | A date      | Set aside   | Odd: 1.
                in_range   | critical | medical_claim | 1            | 9           | failed | A date      | Set aside   | Odd: 1.
            """,
            "intermediate.rule_data_quality": """
                check_name       | severity | table_name    | failed_count | total_count | status | description | consequence
                -----------------+----------+---------------+--------------+-------------+--------+-------------+------------
                replacement_held | warning  | medical_claim | 3            | 4000        | failed | It waits.   | Look again.
                replacement_ring | warning  | medical_claim | 0            | 4           | passed | A ring      | None counts
            """,
            "landed.repaired_value": "",
            "audit.unread_opening_row": "",
            "audit.episode_remark": "",
            "audit.episode_review": "",
            "landed.delivered_file": "",
        },
    )

    row = ("in_range", "critical", "medical_claim", None, None, "1", "9", "failed", "A date", "Set aside", "Odd: 1.")
    held = (
        "replacement_held",
        "warning",
        "medical_claim",
        None,
        None,
        "3",
        "4000",
        "failed",
        "It waits.",
        "Look again.",
    )
    assert made.rows(*made.columns) == [
        row,
        row,
        (*held, "It waits: 3 of 4,000. Look again."),
        ("replacement_ring", "warning", "medical_claim", None, None, "0", "4", "passed", "A ring", "None counts", None),
    ]


def test_values_mended_in_the_newest_delivery_are_counted_and_of_earlier_ones_those_that_fail_alone(
    published: RunModel,
) -> None:
    made = published(
        "data_quality",
        {
            "run_facts.check_result": "",
            "intermediate.rule_data_quality": "",
            "audit.unread_opening_row": "",
            "audit.episode_remark": "",
            "audit.episode_review": "",
            "landed.delivered_file": """
                delivery_number | fate
                1               | landed
                2               | landed
                3               | already_landed
            """,
            "landed.repaired_value": """
                delivery_number | file_name | table_name | column_name | rule  | row_count | total_count | severity | is_failure
                ----------------+-----------+------------+-------------+-------+-----------+-------------+----------+-----------
                1               | old.csv   | claims     | code        | inner | 1         | 9           | warning  | true
                1               | old.csv   | claims     | code        | zero  | 2         | 9           | note     | false
                2               | new.csv   | claims     | code        | inner | 3         | 8           | warning  | true
                2               | new.csv   | claims     | code        | zero  | 4         | 8           | note     | false
            """,
        },
    )

    assert made.rows(
        "check_name", "severity", "table_name", "file_name", "column_name", "failed_count", "total_count", "status"
    ) == [
        ("inner", "warning", "claims", "new.csv", "code", "3", "8", "failed"),
        ("inner", "warning", "claims", "old.csv", "code", "1", "9", "counted"),
        ("zero", "note", "claims", "new.csv", "code", "4", "8", "counted"),
    ]


def test_implantations_nobody_could_read_and_cases_touched_are_counted_by_row_and_by_case(published: RunModel) -> None:
    made = published(
        "data_quality",
        {
            "run_facts.check_result": "",
            "intermediate.rule_data_quality": "",
            "landed.repaired_value": "",
            "landed.delivered_file": "delivery_number | fate\n1 | landed\n2 | landed",
            "audit.unread_opening_row": """
                source_table  | source_file | source_row | delivery_number | unread_reason | came_right
                medical_claim | old.csv     | 1          | 1               | set_aside     | false
                medical_claim | old.csv     | 2          | 1               | set_aside     | true
                medical_claim | new.csv     | 3          | 2               | set_aside     | false
                medical_claim | new.csv     | 3          | 2               | set_aside     | false
            """,
            "audit.episode_remark": """
                episode_id | remark_kind | remark         | source_table  | is_new
                E1         | doubtful    | not_ascii      | medical_claim | false
                E1         | doubtful    | not_ascii      | medical_claim | true
                E2         | doubtful    | not_ascii      | medical_claim | false
                E1         | doubtful    | care_over_days | medical_claim | false
                E1         | repaired    | blank_is_zero  | medical_claim | true
            """,
            "audit.episode_review": "episode_id\nE1\nE2\nE3",
        },
    )

    assert made.rows("check_name", "file_name", "failed_count", "total_count", "status") == [
        ("case_care_over_days", None, "1", "3", "counted"),
        ("case_not_ascii", None, "2", "3", "failed"),
        ("opening_row_set_aside", "new.csv", "1", "1", "failed"),
        ("opening_row_set_aside", "old.csv", "1", "1", "counted"),
    ]
