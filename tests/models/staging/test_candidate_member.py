"""The members who can have an implantation event."""

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


def test_a_line_whose_code_may_open_an_event_makes_its_member_a_candidate_once(model: RunModel) -> None:
    made = model(
        "staging.candidate_member",
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
            "landed.claim_procedure": "",
            "staging.member_identifier": "",
        },
    )

    assert made.column("member_id") == ["ada", "bea"]


def test_a_procedure_row_makes_everyone_with_its_claim_a_candidate(model: RunModel) -> None:
    made = model(
        "staging.candidate_member",
        {
            "value_sets.index_procedures": CODES,
            "landed.medical_claim": """
                member_id | claim_id
                ----------+---------
                ada       | S1
                bea       | S1
                cid       | S2
                dan       | S3
                eve       | S4
            """,
            "landed.claim_procedure": """
                claim_id | procedure_code
                ---------+---------------
                S1       | 00HU3MZ
                S2       | 0393
                S3       | 63650
                S4       | Z9682
            """,
            "staging.member_identifier": "",
        },
    )

    assert made.column("member_id") == ["ada", "bea", "cid"]


def test_a_procedure_row_that_names_a_member_makes_that_member_alone_a_candidate(model: RunModel) -> None:
    made = model(
        "staging.candidate_member",
        {
            "value_sets.index_procedures": CODES,
            "landed.medical_claim": "member_id | claim_id\nada | S1\nbea-1 | S1\ncid | S2",
            "landed.claim_procedure": """
                claim_id | member_id | procedure_code
                ---------+-----------+---------------
                S1       | bea       | 00HU3MZ
                S2       | dan       | 00HU3MZ
            """,
            "staging.member_identifier": "previous_member_id | member_id\nbea-1 | bea",
        },
    )

    assert made.column("member_id") == ["bea"]


def test_a_procedure_in_any_column_of_a_line_makes_its_member_a_candidate(model: RunModel) -> None:
    made = model(
        "staging.candidate_member",
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
            "landed.claim_procedure": "",
            "staging.member_identifier": "",
        },
    )

    assert made.column("member_id") == ["ada", "bea"]


def test_a_candidate_is_named_as_now(model: RunModel) -> None:
    made = model(
        "staging.candidate_member",
        {
            "value_sets.index_procedures": CODES,
            "landed.medical_claim": "member_id | claim_id | hcpcs_code\nada-1 | A1 | 63650\nada | A2 | 63650",
            "landed.claim_procedure": "",
            "staging.member_identifier": "previous_member_id | member_id\nada-1 | ada",
        },
    )

    assert made.column("member_id") == ["ada"]
