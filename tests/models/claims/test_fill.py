"""Fills that can be evidence, their drug codes in a comparable form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_denied_fills_never_count_and_reversed_ones_only_take_days_back(model: RunModel) -> None:
    made = model(
        "intermediate.fill",
        {
            "staging.pharmacy_claim": """
                claim_id | claim_status | days_supply
                ---------+--------------+------------
                P1       |              | 30
                P2       | paid         | -30
                P3       | denied       | 30
                P4       | reversed     | 1
                P5       | reversed     | 0
                P6       | reversed     | -30
                P7       | pending      | 30
            """
        },
    )

    assert made.column("claim_id") == ["P1", "P2", "P5", "P6", "P7"]


def test_a_drug_code_is_padded_by_segment_to_eleven_digits_or_matches_nothing(model: RunModel) -> None:
    made = model(
        "intermediate.fill",
        {
            "staging.pharmacy_claim": """
                claim_id | ndc_code      | days_supply
                ---------+---------------+------------
                P1       | 00093015001   | 30
                P2       | 0093-0150-01  | 30
                P3       | 50090-150-01  | 30
                P4       | 50090-0150-1  | 30
                P5       | 50090-0150-01 | 30
                P6       | 0093015001    | 30
                P7       | 093-0150-01   | 30
                P8       |               | 30
            """
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
