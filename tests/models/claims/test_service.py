"""Claim lines and procedure rows as one list of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_lines_and_procedure_rows_stand_side_by_side_with_their_own_dates_and_keys(model: RunModel) -> None:
    made = model(
        "intermediate.service",
        {
            "intermediate.standing_line": """
                member_id | claim_id | line_key | claim_line_number | claim_line_start_date | hcpcs_code | hcpcs_modifier_1 | hcpcs_modifier_5 | service_unit_quantity
                ----------+----------+----------+-------------------+-----------------------+------------+------------------+------------------+----------------------
                ada       | A1       | 1        | 001               | 2026-01-02            | 63650      | 53               | RT               | 2
            """,
            "intermediate.claim_procedure": """
                member_id | claim_id | procedure_rank | code_system | procedure_code | procedure_date
                ----------+----------+----------------+-------------+----------------+---------------
                ada       | A1       | 3              | icd-10-pcs  | 00HU3MZ        | 2026-01-03
            """,
        },
    )

    assert made.rows(
        "source_table", "source_key", "claim_line_number", "procedure_rank", "service_date", "match_system", "code"
    ) == [
        ("claim_procedure", "3", None, "3", "2026-01-03", "icd-10-pcs", "00HU3MZ"),
        ("medical_claim", "1", "001", None, "2026-01-02", "hcpcs", "63650"),
    ]
    assert made.rows("source_table", "modifiers", "service_unit_quantity") == [
        ("claim_procedure", "[]", None),
        ("medical_claim", "[53, NULL, NULL, NULL, RT]", "2.0000"),
    ]
