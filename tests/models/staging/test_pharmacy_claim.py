"""The fills of candidate members as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.staging.repeats import CANDIDATE_IDENTIFIERS, kept, one_apart

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_row_that_differs_in_any_known_column_is_no_repeat(model: RunModel) -> None:
    made = model(
        "staging.pharmacy_claim",
        {"kept.pharmacy_claim": one_apart("pharmacy_claim"), "staging.candidate_identifier": CANDIDATE_IDENTIFIERS},
    )

    assert made.column("source_row") == kept("pharmacy_claim")


def test_of_equal_rows_the_copy_delivered_last_stays(model: RunModel) -> None:
    made = model(
        "staging.pharmacy_claim",
        {
            "kept.pharmacy_claim": """
                member_id | claim_id | delivery_number | file_number | source_row
                ----------+----------+-----------------+-------------+-----------
                A         | X1       | 1               | 9           | 9
                A         | X1       | 2               | 1           | 8
                A         | X1       | 2               | 2           | 1
                A         | X1       | 2               | 2           | 2
            """,
            "staging.candidate_identifier": CANDIDATE_IDENTIFIERS,
        },
    )

    assert made.rows("delivery_number", "file_number", "source_row") == [("2", "2", "2")]


def test_rows_of_others_than_the_candidates_are_left_out(model: RunModel) -> None:
    made = model(
        "staging.pharmacy_claim",
        {
            "kept.pharmacy_claim": "member_id | claim_id\nA | X1\nZ | X2",
            "staging.candidate_identifier": CANDIDATE_IDENTIFIERS,
        },
    )

    assert made.rows("member_id", "claim_id") == [("A", "X1")]


def test_line_numbers_are_compared_without_leading_zeros_and_a_missing_one_is_another(model: RunModel) -> None:
    made = model(
        "staging.pharmacy_claim",
        {
            "kept.pharmacy_claim": """
                member_id | claim_id | claim_line_number | delivery_number
                ----------+----------+-------------------+----------------
                A         | P1       | 1                 | 1
                A         | P1       | 001               | 2
                A         | P1       | 0                 | 1
                A         | P1       | 00                | 2
                A         | P1       |                   | 1
                A         | P1       |                   | 2
            """,
            "staging.candidate_identifier": CANDIDATE_IDENTIFIERS,
        },
    )

    assert made.rows("claim_line_number", "delivery_number") == [(None, "2"), ("00", "2"), ("001", "2")]


def test_rows_under_a_previous_identifier_are_the_member_s_and_repeat_those_under_the_new_one(model: RunModel) -> None:
    made = model(
        "staging.pharmacy_claim",
        {
            "kept.pharmacy_claim": """
                member_id | claim_id | delivery_number | file_number | source_row
                ----------+----------+-----------------+-------------+-----------
                old       | X1 | 1               | 1           | 1
                A         | X1 | 2               | 1           | 1
                old       | X2 | 1               | 1           | 2
            """,
            "staging.candidate_identifier": "delivered_member_id | member_id\nA | A\nold | A",
        },
    )

    assert made.rows("member_id", "claim_id", "delivery_number") == [("A", "X1", "2"), ("A", "X2", "1")]
