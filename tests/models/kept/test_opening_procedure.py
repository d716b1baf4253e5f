"""The procedure rows that can open an implantation event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_procedure_row_with_an_opening_code_names_its_claim_and_the_member_it_names(model: RunModel) -> None:
    made = model(
        "kept.opening_procedure",
        {
            "value_sets.index_procedures": """
                match_system | code    | opens_event
                -------------+---------+------------
                hcpcs        | 63650   | yes
                icd-10-pcs   | 00HU3MZ | yes
                icd-10-pcs   | 00PU0MZ | no
                icd-9-pcs    | 0393    | with_low_back_pain_diagnosis
                icd-10-cm    | Z9682   | yes
            """,
            "landed.claim_procedure": """
                claim_id | member_id | procedure_code
                ---------+-----------+---------------
                S1       | bea       | 00HU3MZ
                S1       | bea       | 00HU3MZ
                S2       |           | 0393
                S3       | dan       | 63650
                S4       | eve       | Z9682
                S5       | fay       | 00PU0MZ
            """,
        },
    )

    assert made.rows("claim_id", "member_id") == [("S1", "bea"), ("S2", None)]
