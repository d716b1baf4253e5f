"""The members with a line whose code can open an implantation event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


CODES = """
    match_system | code    | opens_event
    -------------+---------+-----------------------------
    hcpcs        | 63650   | yes
    hcpcs        | 64590   | with_low_back_pain_diagnosis
    hcpcs        | 63661   | no
    icd-10-pcs   | 00HU3MZ | yes
    icd-9-pcs    | 0393    | yes
    icd-10-cm    | Z9682   | yes
"""


def test_a_line_whose_code_may_open_an_event_names_its_member_once(model: RunModel) -> None:
    made = model(
        "kept.opening_line",
        {
            "value_sets.index_procedures": CODES,
            "landed.medical_claim": """
                member_id | claim_id | hcpcs_code
                ----------+----------+-----------
                ada       | A1       | 63650
                ada       | A1       | 63650
                bea       | B1       | 64590
                cid       | C1       | 63661
                dan       | D1       | 00HU3MZ
                eve       | F1       |
            """,
        },
    )

    assert made.column("member_id") == ["ada", "bea"]


def test_a_procedure_in_any_column_of_a_line_names_its_member(model: RunModel) -> None:
    made = model(
        "kept.opening_line",
        {
            "value_sets.index_procedures": CODES,
            "landed.medical_claim": """
                member_id | claim_id | procedure_code_1 | procedure_code_25
                ----------+----------+------------------+------------------
                ada       | S1       | 00HU3MZ          |
                bea       | S2       | 0SG00A0          | 0393
                cid       | S3       | 0SG00A0          |
                dan       | S4       | 63650            |
                eve       | S5       |                  |
            """,
        },
    )

    assert made.column("member_id") == ["ada", "bea"]
