"""Diagnoses that say that a device was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_only_codes_of_the_class_valid_on_the_coding_date_say_so(model: RunModel) -> None:
    made = model(
        "intermediate.device_history_diagnosis",
        {
            "intermediate.claim_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | code_system | claim_date | coding_date
                ----------+----------+----------------+----------------+-------------+------------+------------
                ada       | A1       | 1              | Z9682          | icd-10-cm   | 2024-12-31 | 2025-01-01
                ada       | A1       | 2              | Z9689          | icd-10-cm   | 2024-12-31 | 2025-01-01
                ada       | A2       | 1              | Z9682          | icd-10-cm   | 2025-01-01 | 2024-12-31
                ada       | A3       | 1              | Z9682          | icd-10-cm   | 2025-12-31 | 2025-12-31
                ada       | A4       | 1              | Z9682          | icd-10-cm   | 2025-12-31 | 2026-01-01
                ada       | A5       | 1              | M961           | icd-10-cm   | 2025-01-01 | 2025-01-01
                ada       | A6       | 1              | Z9682          | icd-9-cm    | 2025-01-01 | 2025-01-01
            """,
            "value_sets.other_indications": """
                match_system | code  | indication_class | effective_start | effective_end
                -------------+-------+------------------+-----------------+--------------
                icd-10-cm    | Z9682 | device_history   | 2025-01-01      | 2025-12-31
                icd-10-cm    | Z9689 | device_history   | 2025-01-01      | 2025-12-31
                icd-10-cm    | M961  | supported        | 2025-01-01      | 2025-12-31
            """,
        },
    )

    assert made.rows("member_id", "claim_id", "claim_date", "diagnosis_code") == [
        ("ada", "A1", "2024-12-31", "Z9682"),
        ("ada", "A1", "2024-12-31", "Z9689"),
        ("ada", "A3", "2025-12-31", "Z9682"),
    ]
