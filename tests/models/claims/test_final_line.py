"""The final version of each claim line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

TOTAL_LINES = """
    code | first_valid_date | last_valid_date
    -----+------------------+----------------
    0001 | 0001-01-01       | 9999-12-31
"""


def test_the_last_version_stays_and_a_blank_status_is_paid(model: RunModel) -> None:
    made = model(
        "intermediate.final_line",
        {
            "value_sets.total_lines": TOTAL_LINES,
            "intermediate.claim_line_version": """
                claim_id | line_key | version_number | version_count | claim_status
                ---------+----------+----------------+---------------+-------------
                A1       | 1        | 1              | 2             | denied
                A1       | 1        | 2              | 2             |
                A1       | 2        | 1              | 1             | denied
            """,
        },
    )

    assert made.rows("claim_id", "line_key", "claim_status") == [("A1", "1", "paid"), ("A1", "2", "denied")]
    assert "version_number" not in made.columns


def test_a_line_of_revenue_code_0001_without_hcpcs_code_repeats_the_sum_of_its_institutional_claim(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.final_line",
        {
            "value_sets.total_lines": TOTAL_LINES,
            "intermediate.claim_line_version": """
                member_id | claim_id | line_key | version_number | version_count | claim_line_start_date | claim_type    | revenue_center_code | hcpcs_code
                ----------+----------+-----------+----------------+---------------+-----------------------+---------------+---------------------+-----------
                ada       | A1       | 1        | 1              | 1             | 2026-03-02            | institutional | 0001                |
                ada       | A1       | 2        | 1              | 1             | 2026-03-02            | institutional | 0002                |
                ada       | A1       | 3        | 1              | 1             | 2026-03-02            | institutional | 0001                | 63650
                ada       | A1       | 4        | 1              | 1             | 2026-03-02            | professional  | 0001                |
                ada       | A1       | 5        | 1              | 1             | 2026-03-02            | institutional |                     |
            """,
        },
    )

    assert made.rows("line_key", "is_total_line") == [
        ("1", "true"),
        ("2", "false"),
        ("3", "false"),
        ("4", "false"),
        ("5", "false"),
    ]


def test_a_claim_of_total_lines_alone_keeps_the_first_by_number(model: RunModel) -> None:
    made = model(
        "intermediate.final_line",
        {
            "value_sets.total_lines": TOTAL_LINES,
            "intermediate.claim_line_version": """
                member_id | claim_id | line_key | version_number | version_count | claim_line_start_date | claim_type    | revenue_center_code
                ----------+----------+----------+----------------+---------------+-----------------------+---------------+--------------------
                ada       | A1       | 10       | 1              | 1             | 2026-03-02            | institutional | 0001
                ada       | A1       | 9        | 1              | 2             | 2026-03-02            | institutional | 0360
                ada       | A1       | 9        | 2              | 2             | 2026-03-02            | institutional | 0001
                ada       | A2       | 1        | 1              | 1             | 2026-03-02            | institutional | 0001
                ada       | A2       | 2        | 1              | 1             | 2026-03-02            | institutional | 0360
                bea       | A2       | 1        | 1              | 1             | 2026-03-02            | institutional | 0001
            """,
        },
    )

    assert made.rows("member_id", "claim_id", "line_key", "is_total_line") == [
        ("ada", "A1", "10", "true"),
        ("ada", "A1", "9", "false"),
        ("ada", "A2", "1", "true"),
        ("ada", "A2", "2", "false"),
        ("bea", "A2", "1", "false"),
    ]


def test_a_code_of_total_lines_holds_on_the_days_of_its_validity(model: RunModel) -> None:
    made = model(
        "intermediate.final_line",
        {
            "value_sets.total_lines": """
                code | first_valid_date | last_valid_date
                -----+------------------+----------------
                0001 | 2025-01-01       | 2025-12-31
            """,
            "intermediate.claim_line_version": """
                member_id | claim_id | line_key | version_number | version_count | claim_type    | revenue_center_code | claim_line_start_date
                ----------+----------+----------+----------------+---------------+---------------+---------------------+----------------------
                ada       | A1       | 1        | 1              | 1             | institutional | 0001                | 2024-12-31
                ada       | A1       | 2        | 1              | 1             | institutional | 0001                | 2025-01-01
                ada       | A1       | 3        | 1              | 1             | institutional | 0001                | 2025-12-31
                ada       | A1       | 4        | 1              | 1             | institutional | 0001                | 2026-01-01
            """,
        },
    )

    assert made.rows("line_key", "is_total_line") == [("1", "false"), ("2", "true"), ("3", "true"), ("4", "false")]
