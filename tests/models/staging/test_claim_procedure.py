"""The procedure rows of candidate claims as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.staging.repeats import CANDIDATE_CLAIMS, CANDIDATE_MEMBERS, kept, one_apart

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

CANDIDATES = {
    "staging.candidate_claim": CANDIDATE_CLAIMS,
    "staging.candidate_member": CANDIDATE_MEMBERS,
    "staging.member_identifier": "",
    "staging.claim_kept_from": "",
}


def test_a_row_that_differs_in_any_known_column_is_no_repeat(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {"kept.claim_procedure": one_apart("claim_procedure"), **CANDIDATES},
    )

    assert made.column("source_row") == kept("claim_procedure")


def test_of_equal_rows_the_copy_delivered_last_stays(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {
            "kept.claim_procedure": """
                claim_id | procedure_code | delivery_number | file_number | source_row
                ---------+----------------+-----------------+-------------+-----------
                A        | X1             | 1               | 9           | 9
                A        | X1             | 2               | 1           | 8
                A        | X1             | 2               | 2           | 1
                A        | X1             | 2               | 2           | 2
            """,
            **CANDIDATES,
        },
    )

    assert made.rows("delivery_number", "file_number", "source_row") == [("2", "2", "2")]


def test_rows_of_others_than_the_candidates_are_left_out(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {
            "kept.claim_procedure": "claim_id | procedure_code\nA | X1\nZ | X2",
            **CANDIDATES,
        },
    )

    assert made.rows("claim_id", "procedure_code") == [("A", "X1")]


def test_a_row_that_names_a_member_is_kept_for_a_candidate_and_under_the_identifier_of_now(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {
            "kept.claim_procedure": """
                claim_id | member_id | procedure_code
                ---------+-----------+---------------
                A        |           | X1
                A        | B         | X2
                A        | Z         | X3
                A        | old       | X4
                A        | former    | X5
            """,
            **CANDIDATES,
            "staging.member_identifier": """
                previous_member_id | member_id
                -------------------+----------
                old                | A
                former             | Z
            """,
        },
    )

    assert made.rows("procedure_code", "member_id") == [("X1", None), ("X2", "B"), ("X4", "A")]


def test_rows_under_two_identifiers_of_one_member_are_repeats(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {
            "kept.claim_procedure": """
                claim_id | member_id | delivery_number | file_number | source_row
                ---------+-----------+-----------------+-------------+-----------
                A        | A         | 2               | 1           | 1
                A        | old       | 1               | 1           | 1
            """,
            **CANDIDATES,
            "staging.member_identifier": "previous_member_id | member_id\nold | A",
        },
    )

    assert made.row("member_id", "delivery_number") == ("A", "2")


def test_rows_before_the_delivery_from_which_their_claim_is_kept_are_gone(model: RunModel) -> None:
    made = model(
        "staging.claim_procedure",
        {
            "kept.claim_procedure": """
                claim_id | member_id | procedure_code | delivery_number | source_row
                ---------+-----------+----------------+-----------------+-----------
                A        |           | X1 | 1               | 1
                A        |           | X2 | 2               | 2
                A        | A         | X3 | 2               | 3
                A        | A         | X4 | 3               | 4
                A        | B         | X5 | 1               | 5
                B        |           | X6 | 1               | 6
            """,
            **CANDIDATES,
            "staging.claim_kept_from": "claim_id | member_id | delivery_number\nA | A | 3\nA | | 2",
        },
    )

    assert made.column("source_row") == ["2", "4", "5", "6"]
