"""Ranks of diagnoses and procedure rows that the newest delivery of their claim lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_claim_whose_newest_diagnoses_lack_a_rank_is_found_and_one_that_only_lost_a_file_is_not(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.left_out_rank",
        {
            "staging.delivered_claim": "member_id | claim_id\nada | C\nada | D\nbea | C\nbea | E",
            "staging.claim_diagnosis": """
                claim_id | member_id | diagnosis_rank | delivery_number | file_number | source_row
                C        | ada       | 1              | 1               | 1           | 1
                C        | ada       | 1              | 3               | 1           | 5
                C        | ada       | 2              | 2               | 1           | 6
                C        | ada       | 3              | 1               | 1           | 7
                C        | bea       | 1              | 1               | 1           | 9
                D        |           | 1              | 1               | 1           | 2
                D        |           | 2              | 1               | 1           | 3
            """,
            "staging.claim_procedure": """
                claim_id | member_id | procedure_rank | delivery_number | file_number | source_row
                E        |           | 1              | 4               | 2           | 1
                E        |           | 2              | 2               | 2           | 8
            """,
        },
    )

    assert made.rows(*made.columns) == [
        (
            "claim_diagnosis",
            "ada",
            "C",
            "2",
            "3",
            "3",
            "1",
            "{'delivery_number': 2, 'file_number': 1, 'source_row': 6}",
        ),
        (
            "claim_procedure",
            "bea",
            "E",
            "2",
            "4",
            "2",
            "1",
            "{'delivery_number': 2, 'file_number': 2, 'source_row': 8}",
        ),
    ]
