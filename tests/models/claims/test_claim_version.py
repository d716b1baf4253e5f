"""What the final lines of a claim say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


NO_ORIGINAL = ""


def test_lines_are_counted_by_status_and_only_paid_ones_give_dollars(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | paid_amount | paid_date  | is_total_line
                ----------+----------+--------------+-------------+------------+--------------
                ada       | A1       | paid         | 100.00      | 2026-01-05 | false
                ada       | A1       | paid         | -30.00      | 2026-01-07 | false
                ada       | A1       | pending      | 5.00        |            | false
                ada       | A1       | denied       | 7.00        | 2026-01-06 | false
                ada       | A1       | reversed     | -9.00       |            | false
            """,
            "intermediate.claim_original": NO_ORIGINAL,
        },
    )

    assert made.rows(
        "line_count", "denied_count", "pending_count", "paid_count", "negative_count", "paid_line_amount"
    ) == [("5", "1", "1", "2", "1", "70.00")]
    assert made.column("latest_paid_date") == ["2026-01-07"]


def test_a_claim_is_reversed_whole_when_its_paid_lines_sum_to_zero_and_hold_a_negative_amount(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | paid_amount | is_total_line
                ----------+----------+--------------+-------------+--------------
                ada       | A1       | paid         | 100.00      | false
                ada       | A1       | paid         | -100.00     | false
                ada       | A2       | paid         | 100.00      | false
                ada       | A2       | paid         | -99.99      | false
                ada       | A3       | paid         | 0.00        | false
                ada       | A4       | reversed     | -5.00       | false
            """,
            "intermediate.claim_original": NO_ORIGINAL,
        },
    )

    assert made.rows("claim_id", "is_reversed_whole") == [
        ("A1", "true"),
        ("A2", "false"),
        ("A3", "false"),
        ("A4", "false"),
    ]


def test_a_replacement_acts_unless_it_is_denied_whole_or_waits_for_its_first_payment(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | claim_frequency_code | is_total_line
                ----------+----------+--------------+----------------------+--------------
                ada       | A1       | denied       | 7                    | false
                ada       | A1       | reversed     | 7                    | false
                ada       | A2       | denied       | 7                    | false
                ada       | A2       | denied       | 7                    | false
                ada       | A3       | pending      | 8                    | false
                ada       | A4       | pending      | 7                    | false
                ada       | A4       | paid         | 7                    | false
                ada       | A5       | paid         | 7                    | false
                ada       | A6       | paid         |                      | false
            """,
            "intermediate.claim_original": """
                member_id | claim_id | original_claim_id | is_in_data
                ----------+----------+-------------------+-----------
                ada       | A1       | A0                | true
                ada       | A2       | A0                | true
                ada       | A3       | A0                | true
                ada       | A4       | A0                | true
                ada       | A5       | Z9                | false
            """,
        },
    )

    assert made.rows("claim_id", "claim_frequency_code", "has_original", "is_acting", "is_pending_request") == [
        ("A1", "7", "true", "true", "false"),
        ("A2", "7", "true", "false", "false"),
        ("A3", "8", "true", "false", "true"),
        ("A4", "7", "true", "true", "false"),
        ("A5", "7", "false", "false", "false"),
        ("A6", None, "false", "false", "false"),
    ]


def test_an_eight_outranks_a_seven_and_the_original_shown_is_one_in_the_data(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | claim_frequency_code | is_total_line
                ----------+----------+--------------+----------------------+--------------
                ada       | A1       | paid         | 7                    | false
                ada       | A1       | paid         | 8                    | false
                ada       | A1       | paid         | 9                    | false
                ada       | A2       | paid         | 7                    | false
            """,
            "intermediate.claim_original": """
                member_id | claim_id | original_claim_id | is_in_data
                ----------+----------+-------------------+-----------
                ada       | A1       | B1                | true
                ada       | A1       | B2                | true
                ada       | A1       | B3                | false
                ada       | A2       | C1                | false
                ada       | A2       | C2                | false
            """,
        },
    )

    assert made.rows("claim_id", "claim_frequency_code", "has_original", "original_claim_id") == [
        ("A1", "8", "true", "B2"),
        ("A2", "7", "false", "C2"),
    ]


def test_total_lines_are_left_out_of_statuses_sums_dates_and_frequencies(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | paid_amount | paid_date  | claim_frequency_code | is_total_line
                ----------+----------+--------------+-------------+------------+----------------------+--------------
                ada       | A1       | pending      | 100.00      | 2026-01-05 | 7                    | false
                ada       | A1       | paid         | -100.00     | 2026-01-09 | 8                    | true
            """,
            "intermediate.claim_original": "member_id | claim_id | original_claim_id | is_in_data\nada | A1 | A0 | true",
        },
    )

    assert made.row("line_count", "paid_count", "paid_line_amount", "latest_paid_date", "claim_frequency_code") == (
        ("1", "0", "0.00", "2026-01-05", "7")
    )
    assert made.row("is_pending_request", "is_reversed_whole") == ("true", "false")


def test_a_claim_with_an_unknown_amount_among_its_paid_lines_is_not_reversed(model: RunModel) -> None:
    made = model(
        "intermediate.claim_version",
        {
            "intermediate.final_line": """
                member_id | claim_id | claim_status | paid_amount | is_total_line
                ----------+----------+--------------+-------------+--------------
                ada       | A1       | paid         | -100.00     | false
                ada       | A1       | paid         |             | false
                ada       | A2       | paid         | -100.00     | false
                ada       | A2       | denied       |             | false
            """,
            "intermediate.claim_original": NO_ORIGINAL,
        },
    )

    assert made.rows("claim_id", "is_reversed_whole") == [("A1", "false"), ("A2", "true")]
