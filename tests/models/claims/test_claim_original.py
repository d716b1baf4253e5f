"""Which claims a replacement or void names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_void_line_makes_the_claim_a_void_and_only_its_names_are_read(model: RunModel) -> None:
    made = model(
        "intermediate.claim_original",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_total_line
                ----------+----------+----------------------+-------------------+--------------
                ada       | A1       | 1                    |                   | false
                ada       | A2       | 1                    |                   | false
                ada       | A3       | 7                    | A1                | false
                ada       | A3       | 8                    | A2                | false
                ada       | A4       | 7                    | A1                | false
                ada       | A4       | 7                    | A2                | false
                ada       | A4       | 7                    |                   | false
                ada       | A5       | 1                    | A1                | false
            """
        },
    )

    assert made.rows("claim_id", "claim_frequency_code", "original_claim_id", "is_in_data") == [
        ("A3", "8", "A2", "true"),
        ("A4", "7", "A1", "true"),
        ("A4", "7", "A2", "true"),
    ]


def test_an_original_is_in_the_data_only_as_another_claim_of_the_member(model: RunModel) -> None:
    made = model(
        "intermediate.claim_original",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_total_line
                ----------+----------+----------------------+-------------------+--------------
                ada       | A1       | 7                    | A1                | false
                ada       | A2       | 7                    | B1                | false
                ada       | A3       | 7                    | A2                | false
                bea       | B1       | 1                    |                   | false
            """
        },
    )

    assert made.rows("claim_id", "original_claim_id", "is_in_data") == [
        ("A1", "A1", "false"),
        ("A2", "B1", "false"),
        ("A3", "A2", "true"),
    ]


def test_a_total_line_names_nothing_and_makes_no_replacement(model: RunModel) -> None:
    made = model(
        "intermediate.claim_original",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_total_line
                ----------+----------+----------------------+-------------------+--------------
                ada       | A1       |                      |                   | false
                ada       | A2       | 7                    | A1                | true
                ada       | A3       | 7                    | A1                | false
                ada       | A3       | 8                    | A2                | true
            """
        },
    )

    assert made.rows("claim_id", "claim_frequency_code", "original_claim_id") == [("A3", "7", "A1")]
