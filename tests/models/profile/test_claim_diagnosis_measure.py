"""The measures of diagnoses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_ranks_lengths_and_systems_are_counted(published: RunModel) -> None:
    made = published(
        "claim_diagnosis_measure",
        {
            "audit.delivered_claim_diagnosis": """
                claim_id | diagnosis_rank | diagnosis_code | diagnosis_code_type
                ---------+----------------+----------------+--------------------
                A1       | 1              | I10            | icd-10-cm
                A1       | 1              | M5450          | icd-10-cm
                A2       | 1              | 7242           | icd-9-cm
                A2       | 2              |                | icd-10-cm
            """
        },
    )

    assert {measure: float(value or 0) for measure, value in made.rows("measure", "value")} == {
        "rows": 4,
        "later_rank_share": 0.25,
        "several_first_share": 0.5,
        "blank_code_share": 0.25,
        "short_code_share": 1 / 3,
        "old_system_share": 0.25,
    }
