"""The lines that an episode's dollars are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    member_id | claim_id | line_key | claim_line_number | hcpcs_code | revenue_center_code | billing_npi | is_credited
    ----------+----------+----------+-------------------+------------+---------------------+-------------+------------
    ada       | A1       | 1        | 01                | 63650      |                     | 1234567893  | false
    ada       | A1       | 2        | 2                 |            | 0278                | 1234567893  | false
    ada       | D1       | 1        | 1                 | C1820      | 0278                |             | false
    ada       | D1       | 2        | 2                 | 99070      |                     |             | true
    bea       | A1       | 1        | 1                 | 63650      |                     | 1234567893  | false
"""
DOLLARS = """
    member_id | event_date | claim_id | line_key | paid_amount | allowed_amount | is_repeated_interim
    ----------+------------+----------+----------+-------------+----------------+--------------------
    ada       | 2025-03-01 | A1       | 1        | 1000.10     | 2000.00        | false
    ada       | 2025-03-01 | A1       | 2        | 50.00       |                | false
    ada       | 2025-03-01 | D1       | 1        | 700.00      | 800.00         | false
    ada       | 2025-03-01 | D1       | 2        | -5.00       | -6.00          | false
"""


def dollar_lines(model: RunModel, *columns: str, dollars: str = DOLLARS) -> list[tuple[str | None, ...]]:
    """These columns of the lines of ada's episode E1: A1 is its index claim, D1 a claim with a device line."""
    made = model(
        "audit.episode_dollar_line",
        {
            "intermediate.episode_event": """
                episode_id | member_id | event_date | event_window_end_date
                -----------+-----------+------------+----------------------
                E1         | ada       | 2025-03-01 | 2025-03-04
            """,
            "intermediate.event_claim": """
                member_id | event_date | claim_id | is_owned | is_index_claim
                ----------+------------+----------+----------+---------------
                ada       | 2025-03-01 | A1       | true     | true
                ada       | 2025-03-01 | D1       | true     | false
            """,
            "intermediate.event_dollar_line": dollars,
            "intermediate.counting_line": LINES.replace(
                "is_credited\n", "is_credited | delivery_number | file_number | source_row\n"
            )
            .replace("false\n", "false | 1 | 2 | 7\n")
            .replace("true\n", "true | 1 | 2 | 8\n"),
            "intermediate.episode_index_line": """
                episode_id | member_id | claim_id | source_table    | source_key
                -----------+-----------+----------+-----------------+-----------
                E1         | ada       | A1       | medical_claim   | 1
                E1         | ada       | A1       | claim_procedure | 2
            """,
            "intermediate.device_service": """
                member_id | claim_id | source_table    | source_key | service_date | is_in_scope
                ----------+----------+-----------------+------------+--------------+------------
                ada       | A1       | medical_claim   | 1          | 2025-03-01   | true
                ada       | D1       | medical_claim   | 1          | 2025-03-04   | true
                ada       | D1       | medical_claim   | 2          | 2025-03-05   | true
                ada       | D1       | claim_procedure | 2          | 2025-03-01   | true
            """,
            "landed.delivered_file": """
                delivery_number | file_number | table_name      | file_name
                ----------------+-------------+-----------------+------------------
                1               | 2           | medical_claim   | medical_claim.csv
                1               | 2           | claim_procedure | medical_claim.csv
            """,
        },
    )
    return made.in_order(*columns)


def test_each_line_says_why_it_belongs_with_code_payee_file_and_row(model: RunModel) -> None:
    assert dollar_lines(
        model,
        *("claim_id", "claim_line_number", "code_system", "code", "billing_npi", "dollar_reason"),
        *("source_file", "source_row"),
    ) == [
        ("A1", "01", "hcpcs", "63650", "1234567893", "index_line", "medical_claim.csv", "7"),
        ("A1", "2", "revenue-code", "0278", "1234567893", "index_claim", "medical_claim.csv", "7"),
        ("D1", "1", "hcpcs", "C1820", None, "companion_line", "medical_claim.csv", "7"),
        ("D1", "2", "hcpcs", "99070", None, "companion_claim", "medical_claim.csv", "8"),
    ]


def test_a_line_adds_its_paid_amount_and_its_allowed_one_or_nothing_where_that_is_blank(model: RunModel) -> None:
    assert dollar_lines(model, "dollar_state", "paid_amount", "allowed_amount", "line_allowed_amount") == [
        ("counted", "1000.10", "2000.00", "2000.00"),
        ("counted", "50.00", "0.00", None),
        ("counted", "700.00", "800.00", "800.00"),
        ("credited", "-5.00", "-6.00", "-6.00"),
    ]


def test_a_line_that_another_interim_bill_has_is_shown_and_adds_nothing(model: RunModel) -> None:
    repeated = DOLLARS.replace("800.00         | false", "800.00         | true")

    assert dollar_lines(
        model, *("dollar_state", "paid_amount", "allowed_amount", "line_paid_amount"), dollars=repeated
    )[2] == ("repeated_interim", "0.00", "0.00", "700.00")


def test_an_amount_that_nobody_sent_is_unknown_and_the_allowed_one_with_it_only_where_it_is_blank_too(
    model: RunModel,
) -> None:
    def shown(paid: str, allowed: str, repeated: str) -> tuple[str | None, ...]:
        row = f"ada | 2025-03-01 | A1 | 1 | {paid} | {allowed} | {repeated}"
        header = "member_id | event_date | claim_id | line_key | paid_amount | allowed_amount | is_repeated_interim\n"
        [only] = dollar_lines(model, "dollar_state", "paid_amount", "allowed_amount", dollars=header + row)
        return only

    assert shown("", "9.00", "false") == ("unknown", None, "9.00")
    assert shown("", "", "false") == ("unknown", None, None)
    assert shown("", "9.00", "true") == ("unknown", None, "0.00")
    assert shown("", "", "true") == ("unknown", None, None)
