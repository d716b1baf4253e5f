"""Services and diagnoses that show spine surgery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


SURGERY = """
    match_system      | code   | effective_start | effective_end
    ------------------+--------+-----------------+--------------
    hcpcs             | 63030  | 2025-01-01      | 2025-12-31
    icd-10-pcs-prefix | 0SG0   | 2025-01-01      | 2025-12-31
    icd-10-cm         | Z981   | 2025-01-01      | 2025-12-31
"""


def test_a_service_shows_it_by_its_code_or_the_beginning_of_it(model: RunModel) -> None:
    made = model(
        "intermediate.prior_spine_surgery_row",
        {
            "intermediate.service": """
                member_id | claim_id | service_date | match_system | code
                ----------+----------+--------------+--------------+--------
                ada       | A0       | 2024-12-31   | hcpcs        | 63030
                ada       | A1       | 2025-01-01   | hcpcs        | 63030
                ada       | A1       | 2025-01-01   | hcpcs        | 63030
                ada       | A2       | 2025-12-31   | icd-10-pcs   | 0SG0071
                ada       | A3       | 2026-01-01   | icd-10-pcs   | 0SG0071
                ada       | A4       | 2025-06-01   | icd-10-pcs   | 0SG1071
                ada       | A5       | 2025-06-01   | hcpcs        | 63030A
                ada       | A6       | 2025-06-01   | icd-9-pcs    | 0SG0071
            """,
            "intermediate.claim_diagnosis": "",
            "value_sets.prior_spine_surgery": SURGERY,
        },
    )

    assert made.rows("claim_id", "surgery_date", "code_system", "code") == [
        ("A1", "2025-01-01", "hcpcs", "63030"),
        ("A2", "2025-12-31", "icd-10-pcs", "0SG0071"),
    ]


def test_a_diagnosis_shows_it_where_it_is_valid_on_the_coding_date(model: RunModel) -> None:
    made = model(
        "intermediate.prior_spine_surgery_row",
        {
            "intermediate.service": "",
            "intermediate.claim_diagnosis": """
                member_id | claim_id | claim_date | coding_date | code_system | diagnosis_code
                ----------+----------+------------+-------------+-------------+---------------
                ada       | A0       | 2025-01-01 | 2024-12-31  | icd-10-cm   | Z981
                ada       | A1       | 2024-12-31 | 2025-01-01  | icd-10-cm   | Z981
                ada       | A2       | 2025-12-31 | 2025-12-31  | icd-10-cm   | Z981
                ada       | A3       | 2025-12-31 | 2026-01-01  | icd-10-cm   | Z981
                ada       | A4       | 2025-06-01 | 2025-06-01  | icd-10-cm   | Z982
                ada       | A5       | 2025-06-01 | 2025-06-01  | icd-9-cm    | Z981
            """,
            "value_sets.prior_spine_surgery": SURGERY,
        },
    )

    assert made.rows("claim_id", "surgery_date", "code") == [
        ("A1", "2024-12-31", "Z981"),
        ("A2", "2025-12-31", "Z981"),
    ]
