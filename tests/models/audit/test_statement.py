"""The statements about a member's care, as they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_statements_stand_by_episode_and_day_with_the_file_they_came_in(model: RunModel) -> None:
    made = model(
        "audit.statement",
        {
            "intermediate.failure_statement": """
                episode_id | document_id | document_date | outcome    | statement_state      | missing                | delivery_number | file_number | source_row
                -----------+-------------+---------------+------------+----------------------+------------------------+-----------------+-------------+-----------
                E1         | D2          | 2025-02-02    | no_benefit | valid                | []                     | 1               | 1           | 2
                E1         | D1          | 2025-02-01    |            | incomplete_statement | [an end, or a visit]   | 1               | 2           | 1
            """,
            "landed.delivered_file": """
                delivery_number | file_number | table_name         | file_name
                ----------------+-------------+--------------------+-----------
                1               | 1           | care_documentation | notes.csv
                1               | 1           | medical_claim      | lines.csv
                1               | 2           | medical_claim      | more.csv
                2               | 1           | care_documentation | later.csv
            """,
        },
    )

    assert made.in_order("document_id", "documented_outcome", "statement_state", "source_file", "source_row") == [
        ("D1", None, "incomplete_statement", None, "1"),
        ("D2", "no_benefit", "valid", "notes.csv", "2"),
    ]
