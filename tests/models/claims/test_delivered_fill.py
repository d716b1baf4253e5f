"""Delivered fills with their days as the rule reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_negative_quantity_turns_positive_days_and_leaves_others(model: RunModel) -> None:
    made = model(
        "intermediate.delivered_fill",
        {
            "staging.pharmacy_claim": """
                claim_id | quantity | days_supply
                ---------+----------+------------
                P1       | -30      | 30
                P2       | -0.5     | 30
                P3       | 0        | 30
                P4       |          | 30
                P5       | -30      | -30
                P6       | 30       | -30
                P7       | -30      | 0
            """
        },
    )

    assert made.rows("claim_id", "days_supply") == [
        ("P1", "-30"),
        ("P2", "-30"),
        ("P3", "30"),
        ("P4", "30"),
        ("P5", "-30"),
        ("P6", "-30"),
        ("P7", "0"),
    ]


def test_a_reversed_row_takes_back_and_a_paid_pending_or_blank_one_can_be_taken_if_its_days_are_positive(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.delivered_fill",
        {
            "staging.pharmacy_claim": """
                claim_id | claim_status | quantity | days_supply
                ---------+--------------+----------+------------
                P1       | reversed     |          | 1
                P2       | reversed     |          | 0
                P3       | reversed     |          | -30
                P4       | reversed     | -30      | 30
                P5       | denied       |          | 30
                P6       | paid         |          | 1
                P7       | pending      |          | 30
                P8       |              |          | 30
                P9       | paid         |          | 0
            """
        },
    )

    assert made.rows("claim_id", "takes_fill_back", "can_be_taken_back") == [
        ("P1", "true", "false"),
        ("P2", "false", "false"),
        ("P3", "false", "false"),
        ("P4", "false", "false"),
        ("P5", "false", "false"),
        ("P6", "false", "true"),
        ("P7", "false", "true"),
        ("P8", "false", "true"),
        ("P9", "false", "false"),
    ]


def test_line_numbers_are_compared_without_leading_zeros_and_blank_is_no_zero(model: RunModel) -> None:
    made = model(
        "intermediate.delivered_fill",
        {
            "staging.pharmacy_claim": """
                claim_id | claim_line_number
                ---------+------------------
                P1       | 1
                P2       | 001
                P3       | 10
                P4       | 000
                P5       |
            """
        },
    )

    assert made.rows("claim_id", "line_key") == [("P1", "1"), ("P2", "1"), ("P3", "10"), ("P4", "0"), ("P5", None)]
