"""The measures of statements on care."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_known_modalities_and_outcomes_of_failure_are_counted(published: RunModel) -> None:
    made = published(
        "care_documentation_measure",
        {
            "audit.delivered_care_documentation": """
                document_id | modality | outcome
                ------------+----------+-----------
                D1          | exercise | no_benefit
                D2          | exercise | intolerance
                D3          | walking  | improved
                D4          |          |
            """,
            "value_sets.documentation_modalities": """
                word     | care_group
                ---------+-----------
                exercise | exercise
            """,
        },
    )

    assert {measure: float(value or 0) for measure, value in made.rows("measure", "value")} == {
        "rows": 4,
        "known_modality_share": 0.5,
        "failed_outcome_share": 0.5,
    }
