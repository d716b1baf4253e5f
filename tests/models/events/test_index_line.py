"""The lines that open an implantation event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_code_used_for_many_purposes_opens_an_event_only_with_billed_low_back_pain(model: RunModel) -> None:
    made = model(
        "intermediate.index_line",
        {
            "intermediate.device_service": """
                member_id | claim_id | source_table  | source_key | opens_event
                ----------+----------+---------------+------------+-----------------------------
                ada       | A1       | medical_claim | 1          | yes
                ada       | A1       | medical_claim | 2          | no
                ada       | A2       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | A3       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | A4       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | A5       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | A2       | medical_claim | 2          | with_low_back_pain_diagnosis
            """,
            "intermediate.billed_diagnosis": """
                member_id | claim_id | source_table  | source_key | diagnosis_rank
                ----------+----------+---------------+------------+---------------
                ada       | A2       | medical_claim | 1          | 1
                ada       | A3       | medical_claim | 1          | 1
                ada       | A4       | medical_claim | 1          | 1
                ada       | A5       | medical_claim | 1          | 2
            """,
            "intermediate.back_diagnosis": """
                member_id | claim_id | diagnosis_rank | value_set          | specificity
                ----------+----------+----------------+--------------------+------------
                ada       | A2       | 1              | lbp_unspecified    | unspecified
                ada       | A3       | 1              | lbp_unspecified    | other_lbp
                ada       | A4       | 1              | lbp_near_neighbour | unspecified
                ada       | A5       | 1              | lbp_unspecified    | unspecified
            """,
            "intermediate.shared_claim": "",
            "policies.default_policy": """
                include_other_low_back_pain
                ---------------------------
                false
            """,
            "value_sets.discontinued_procedure": """
                code
                ----
                53
            """,
        },
    )

    assert made.rows("claim_id", "source_key") == [("A1", "1"), ("A2", "1")]


def test_other_low_back_pain_opens_one_too_where_the_policy_includes_it(model: RunModel) -> None:
    made = model(
        "intermediate.index_line",
        {
            "intermediate.device_service": """
                member_id | claim_id | source_table  | source_key | opens_event
                ----------+----------+---------------+------------+-----------------------------
                ada       | A1       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | A2       | medical_claim | 1          | with_low_back_pain_diagnosis
            """,
            "intermediate.billed_diagnosis": """
                member_id | claim_id | source_table  | source_key | diagnosis_rank
                ----------+----------+---------------+------------+---------------
                ada       | A1       | medical_claim | 1          | 1
                ada       | A2       | medical_claim | 1          | 1
            """,
            "intermediate.back_diagnosis": """
                member_id | claim_id | diagnosis_rank | value_set          | specificity
                ----------+----------+----------------+--------------------+---------------
                ada       | A1       | 1              | lbp_unspecified    | other_lbp
                ada       | A2       | 1              | lbp_unspecified    | axial_specific
            """,
            "intermediate.shared_claim": "",
            "policies.default_policy": """
                include_other_low_back_pain
                ---------------------------
                true
            """,
            "value_sets.discontinued_procedure": """
                code
                ----
                53
            """,
        },
    )

    assert made.column("claim_id") == ["A1"]


def test_a_modifier_says_that_the_procedure_was_discontinued(model: RunModel) -> None:
    made = model(
        "intermediate.index_line",
        {
            "intermediate.device_service": """
                claim_id | opens_event | modifiers
                ---------+-------------+------------
                A1       | yes         | [RT, 53]
                A2       | yes         | [RT, 74]
                A3       | yes         | [RT]
                A4       | yes         | []
            """,
            "intermediate.billed_diagnosis": "",
            "intermediate.back_diagnosis": "",
            "intermediate.shared_claim": "",
            "policies.default_policy": """
                include_other_low_back_pain
                ---------------------------
                false
            """,
            "value_sets.discontinued_procedure": """
                code
                ----
                53
                74
            """,
        },
    )

    assert made.rows("claim_id", "is_discontinued") == [
        ("A1", "true"),
        ("A2", "true"),
        ("A3", "false"),
        ("A4", "false"),
    ]


def test_on_a_shared_claim_with_a_diagnosis_row_of_nobody_such_a_code_opens_as_if_the_diagnosis_were_there(
    model: RunModel,
) -> None:
    made = model(
        "intermediate.index_line",
        {
            "intermediate.device_service": """
                member_id | claim_id | source_table  | source_key | opens_event
                ----------+----------+---------------+------------+-----------------------------
                ada       | S1       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | S1       | medical_claim | 2          | no
                bea       | S1       | medical_claim | 1          | with_low_back_pain_diagnosis
                ada       | S2       | medical_claim | 1          | with_low_back_pain_diagnosis
            """,
            "intermediate.billed_diagnosis": "",
            "intermediate.back_diagnosis": "",
            "intermediate.shared_claim": "member_id | claim_id\nada | S1",
            "policies.default_policy": "include_other_low_back_pain\nfalse",
            "value_sets.discontinued_procedure": "code\n53",
        },
    )

    assert made.rows("member_id", "claim_id", "source_key") == [("ada", "S1", "1")]
