"""Diagnoses that are a supported indication for a stimulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_code_of_the_class_supports_from_its_first_to_its_last_day_by_the_coding_date(model: RunModel) -> None:
    made = model(
        "intermediate.supported_indication",
        {
            "intermediate.claim_diagnosis": """
                claim_id | diagnosis_rank | diagnosis_code | code_system | claim_date | coding_date
                ---------+----------------+----------------+-------------+------------+------------
                A1       | 1              | M961           | icd-10-cm   | 2024-12-31 | 2025-01-01
                A2       | 2              | M961           | icd-10-cm   | 2025-01-01 | 2024-12-31
                A3       | 3              | M961           | icd-10-cm   | 2025-12-31 | 2025-12-31
                A4       | 4              | M961           | icd-10-cm   | 2025-12-31 | 2026-01-01
                A5       | 5              | Z9682          | icd-10-cm   | 2025-06-01 | 2025-06-01
                A6       | 6              | M961           | icd-9-cm    | 2025-06-01 | 2025-06-01
            """,
            "value_sets.other_indications": """
                match_system | code  | value_set        | indication_class | effective_start | effective_end
                -------------+-------+------------------+------------------+-----------------+--------------
                icd-10-cm    | M961  | failed_back      | supported        | 2025-01-01      | 2025-12-31
                icd-10-cm    | Z9682 | device_there     | device_history   | 2025-01-01      | 2025-12-31
            """,
        },
    )

    assert made.rows("claim_id", "diagnosis_rank", "claim_date", "value_set") == [
        ("A1", "1", "2024-12-31", "failed_back"),
        ("A3", "3", "2025-12-31", "failed_back"),
    ]
