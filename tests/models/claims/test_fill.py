"""Fills that can be evidence, their drug codes in a comparable form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_denied_fills_and_those_taken_back_and_their_reversals_do_not_count(model: RunModel) -> None:
    made = model(
        "intermediate.fill",
        {
            "intermediate.delivered_fill": """
                claim_id | fill_status | takes_fill_back | delivery_number | file_number | source_row
                ---------+-------------+-----------------+-----------------+-------------+-----------
                P1       | paid        | false           | 1               | 1           | 1
                P2       | paid        | false           | 1               | 1           | 2
                P3       | denied      | false           | 1               | 1           | 3
                P4       | reversed    | true            | 1               | 1           | 4
                P5       | reversed    | false           | 1               | 1           | 5
                P6       | pending     | false           | 1               | 1           | 6
                P7       | paid        | false           | 2               | 1           | 2
                P8       | paid        | false           | 1               | 2           | 2
            """,
            "intermediate.taken_back_fill": """
                delivery_number | file_number | source_row
                ----------------+-------------+-----------
                1               | 1           | 2
            """,
        },
    )

    assert made.column("claim_id") == ["P1", "P5", "P6", "P7", "P8"]


def test_a_drug_code_is_padded_by_segment_to_eleven_digits_or_matches_nothing(model: RunModel) -> None:
    made = model(
        "intermediate.fill",
        {
            "intermediate.delivered_fill": """
                claim_id | ndc_code      | fill_status | takes_fill_back
                ---------+---------------+-------------+----------------
                P1       | 00093015001   | paid        | false
                P2       | 0093-0150-01  | paid        | false
                P3       | 50090-150-01  | paid        | false
                P4       | 50090-0150-1  | paid        | false
                P5       | 50090-0150-01 | paid        | false
                P6       | 0093015001    | paid        | false
                P7       | 093-0150-01   | paid        | false
                P8       |               | paid        | false
            """,
            "intermediate.taken_back_fill": "",
        },
    )

    assert made.rows("claim_id", "ndc_digits") == [
        ("P1", "00093015001"),
        ("P2", "00093015001"),
        ("P3", "50090015001"),
        ("P4", "50090015001"),
        ("P5", "50090015001"),
        ("P6", None),
        ("P7", None),
        ("P8", None),
    ]
