"""The fills considered as care, and why some do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_reason_is_the_first_that_holds(model: RunModel) -> None:
    made = model(
        "intermediate.care_fill",
        {
            "intermediate.open_episode": """
                episode_id | member_id | history_start_date | look_back_start_date | look_back_end_date
                -----------+-----------+--------------------+----------------------+-------------------
                E1         | ada       | 2025-01-01         | 2025-02-01           | 2025-02-28
            """,
            "intermediate.fill_medication": """
                member_id | claim_id | dispensing_date | drug_class | counts | is_not_oral | days_supply
                ----------+----------+-----------------+------------+--------+-------------+------------
                ada       | P1       | 2025-02-10      | nsaid      | yes    | false       | 30
                ada       | P2       | 2025-02-10      | nsaid      | no     | true        | 0
                ada       | P3       | 2025-02-10      | nsaid      | yes    | true        | 0
                ada       | P4       | 2025-02-10      | nsaid      | yes    | false       | 0
                ada       | P5       | 2025-02-11      | nsaid      | yes    | false       | 30
                ada       | P6       | 2025-02-10      | muscle     | yes    | false       | 30
                bea       | P7       | 2025-02-10      | nsaid      | yes    | false       | 30
            """,
            "intermediate.medication_day": """
                episode_id | drug_class | dispensing_date | is_service
                -----------+------------+-----------------+-----------
                E1         | nsaid      | 2025-02-10      | true
                E1         | nsaid      | 2025-02-11      | false
            """,
        },
    )

    assert made.rows("claim_id", "counts", "counts_reason") == [
        ("P1", "yes", None),
        ("P2", "no", "drug_does_not_count"),
        ("P3", "no", "not_an_oral_form"),
        ("P4", "no", "takes_days_back"),
        ("P5", "no", "days_taken_back"),
        ("P6", "no", "days_taken_back"),
    ]


def test_fills_are_considered_from_the_first_day_of_the_history_to_the_day_before_the_anchor(model: RunModel) -> None:
    made = model(
        "intermediate.care_fill",
        {
            "intermediate.open_episode": """
                episode_id | member_id | history_start_date | look_back_start_date | look_back_end_date
                -----------+-----------+--------------------+----------------------+-------------------
                E1         | ada       | 2025-01-01         | 2025-02-01           | 2025-02-28
            """,
            "intermediate.fill_medication": """
                member_id | claim_id | dispensing_date | counts | days_supply
                ----------+----------+-----------------+--------+------------
                ada       | P1       | 2024-12-31      | no     | 1
                ada       | P2       | 2025-01-01      | no     | 1
                ada       | P3       | 2025-01-31      | no     | 1
                ada       | P4       | 2025-02-01      | no     | 1
                ada       | P5       | 2025-02-28      | no     | 1
                ada       | P6       | 2025-03-01      | no     | 1
            """,
            "intermediate.medication_day": "",
        },
    )

    assert made.rows("claim_id", "is_in_look_back") == [
        ("P2", "false"),
        ("P3", "false"),
        ("P4", "true"),
        ("P5", "true"),
    ]
