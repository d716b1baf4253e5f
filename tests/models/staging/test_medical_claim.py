"""The claim lines of candidate members as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.staging.repeats import CANDIDATE_IDENTIFIERS, kept, one_apart

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

CANDIDATES = {"staging.candidate_identifier": CANDIDATE_IDENTIFIERS, "staging.claim_kept_from": ""}


def test_a_row_that_differs_in_any_known_column_is_no_repeat(model: RunModel) -> None:
    made = model(
        "staging.medical_claim",
        {"kept.medical_claim": one_apart("medical_claim"), **CANDIDATES},
    )

    assert made.column("source_row") == kept("medical_claim")


def test_of_equal_rows_the_copy_delivered_last_stays(model: RunModel) -> None:
    made = model(
        "staging.medical_claim",
        {
            "kept.medical_claim": """
                member_id | claim_id | delivery_number | file_number | source_row
                ----------+----------+-----------------+-------------+-----------
                A         | X1       | 1               | 9           | 9
                A         | X1       | 2               | 1           | 8
                A         | X1       | 2               | 2           | 1
                A         | X1       | 2               | 2           | 2
            """,
            **CANDIDATES,
        },
    )

    assert made.rows("delivery_number", "file_number", "source_row") == [("2", "2", "2")]


def test_rows_of_others_than_the_candidates_are_left_out(model: RunModel) -> None:
    made = model(
        "staging.medical_claim",
        {"kept.medical_claim": "member_id | claim_id\nA | X1\nZ | X2", **CANDIDATES},
    )

    assert made.rows("member_id", "claim_id") == [("A", "X1")]


def test_rows_under_a_previous_identifier_are_the_member_s_and_repeat_those_under_the_new_one(model: RunModel) -> None:
    made = model(
        "staging.medical_claim",
        {
            "kept.medical_claim": """
                member_id | claim_id | delivery_number | file_number | source_row
                ----------+----------+-----------------+-------------+-----------
                old       | X1 | 1               | 1           | 1
                A         | X1 | 2               | 1           | 1
                old       | X2 | 1               | 1           | 2
            """,
            "staging.candidate_identifier": "delivered_member_id | member_id\nA | A\nold | A",
            "staging.claim_kept_from": "",
        },
    )

    assert made.rows("member_id", "claim_id", "delivery_number") == [("A", "X1", "2"), ("A", "X2", "1")]


def test_rows_before_the_delivery_from_which_a_claim_is_kept_are_gone(model: RunModel) -> None:
    made = model(
        "staging.medical_claim",
        {
            "kept.medical_claim": """
                member_id | claim_id | claim_line_number | delivery_number | source_row
                ----------+----------+-------------------+-----------------+-----------
                A         | X1       | 1                 | 1               | 1
                A         | X1       | 2                 | 2               | 2
                A         | X1       | 3                 | 3               | 3
                B         | X1       | 1                 | 1               | 4
                A         | X2       | 1                 | 1               | 5
            """,
            **CANDIDATES,
            "staging.claim_kept_from": "claim_id | member_id | delivery_number\nX1 | A | 2\nX1 | - | 2",
        },
    )

    assert made.column("source_row") == ["2", "3", "4", "5"]
