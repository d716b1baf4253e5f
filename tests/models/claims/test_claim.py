"""The dates, type and dollars of a claim that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_claim_is_dated_by_its_own_start_and_coded_by_its_end(model: RunModel) -> None:
    made = model(
        "intermediate.claim",
        {
            "intermediate.counting_line": """
                member_id | claim_id | claim_line_start_date | claim_start_date | claim_end_date | is_credited
                ----------+----------+-----------------------+------------------+----------------+------------
                ada       | A1       | 2026-01-02            | 2026-01-05       | 2026-01-08     | false
                ada       | A1       | 2026-01-03            | 2026-01-04       | 2026-01-09     | false
                ada       | A2       | 2026-01-03            |                  |                | false
                ada       | A2       | 2026-01-02            |                  |                | false
            """
        },
    )

    assert made.rows("claim_id", "claim_date", "coding_date") == [
        ("A1", "2026-01-04", "2026-01-09"),
        ("A2", "2026-01-02", "2026-01-02"),
    ]


def test_one_institutional_line_makes_the_claim_institutional_and_dollars_are_summed(model: RunModel) -> None:
    made = model(
        "intermediate.claim",
        {
            "intermediate.counting_line": """
                member_id | claim_id | claim_type    | claim_line_start_date | paid_amount | allowed_amount | claim_status | line_of_business | is_credited
                ----------+----------+---------------+-----------------------+-------------+----------------+--------------+------------------+------------
                ada       | A1       | professional  | 2026-01-02            | 10.00       | 12.00          | paid         | medicare         | false
                ada       | A1       | institutional | 2026-01-02            | 5.50        |                | pending      | commercial       | false
                bea       | A1       | professional  | 2026-01-02            | 7.00        | 7.00           | paid         |                  | false
            """
        },
    )

    assert made.rows(
        "member_id", "claim_type", "paid_amount", "allowed_amount", "pending_count", "line_of_business"
    ) == [
        ("ada", "institutional", "15.50", "12.00", "1", "commercial"),
        ("bea", "professional", "7.00", "7.00", "0", None),
    ]


def test_credited_lines_bring_dollars_and_pending_lines_and_nothing_else(model: RunModel) -> None:
    made = model(
        "intermediate.claim",
        {
            "intermediate.counting_line": """
                member_id | claim_id | claim_type    | claim_line_start_date | claim_end_date | paid_amount | claim_status | line_of_business | is_credited
                ----------+----------+---------------+-----------------------+----------------+-------------+--------------+------------------+------------
                ada       | A1       | professional  | 2026-01-05            | 2026-01-06     | 10.00       | paid         | medicare         | false
                ada       | A1       | institutional | 2026-01-02            | 2026-01-09     | 50.00       | paid         | commercial       | true
                ada       | A1       | institutional | 2026-01-02            | 2026-01-09     | -50.00      | pending      | commercial       | true
                ada       | A2       | institutional | 2026-01-02            | 2026-01-09     | -7.00       | pending      | commercial       | true
            """
        },
    )

    assert made.rows(
        "claim_id", "claim_type", "claim_date", "coding_date", "paid_amount", "pending_count", "line_of_business"
    ) == [
        ("A1", "professional", "2026-01-05", "2026-01-06", "10.00", "1", "medicare"),
        ("A2", "institutional", "2026-01-02", "2026-01-09", "-7.00", "1", "commercial"),
    ]
    assert made.rows("claim_id", "has_standing_line") == [("A1", "true"), ("A2", "false")]
