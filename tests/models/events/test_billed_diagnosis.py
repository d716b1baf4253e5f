"""The diagnoses that an index line is billed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_professional_line_is_billed_for_the_diagnoses_its_pointer_names(model: RunModel) -> None:
    made = model(
        "intermediate.billed_diagnosis",
        {
            "intermediate.device_service": """
                member_id | claim_id | source_table  | source_key | claim_type   | diagnosis_pointer | opens_event
                ----------+----------+---------------+------------+--------------+-------------------+-----------------------------
                ada       | A1       | medical_claim | 1          | professional | 1:3               | yes
                ada       | A1       | medical_claim | 2          | professional | bd                | with_low_back_pain_diagnosis
                ada       | A1       | medical_claim | 3          | professional | A, 2              | yes
                ada       | A1       | medical_claim | 4          | professional | M                 | yes
                ada       | A1       | medical_claim | 5          | professional | 1                 | no
                ada       | A1       | medical_claim | 6          | professional | 9 : L : 1x        | yes
            """,
            "intermediate.claim_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | code_system
                ----------+----------+----------------+----------------+------------
                ada       | A1       | 1              | M5450          | icd-10-cm
                ada       | A1       | 2              | M961           | icd-10-cm
                ada       | A1       | 3              | G894           | icd-10-cm
                ada       | A1       | 4              | M5416          | icd-10-cm
                ada       | A1       | 12             | M5417          | icd-10-cm
            """,
            "intermediate.back_diagnosis": """
                member_id | claim_id | diagnosis_rank | is_pain_label
                ----------+----------+----------------+--------------
                ada       | A1       | 1              | false
                ada       | A1       | 3              | true
            """,
        },
    )

    assert made.rows("source_key", "diagnosis_code") == [
        ("1", "M5450"),
        ("2", "M5416"),
        ("2", "M961"),
        ("3", "M5450"),
        ("3", "M961"),
        ("4", "M5416"),
        ("4", "M5417"),
        ("4", "M5450"),
        ("4", "M961"),
        ("6", "M5417"),
    ]


def test_an_institutional_claim_is_billed_for_its_leading_diagnosis_that_is_no_pain_label(model: RunModel) -> None:
    made = model(
        "intermediate.billed_diagnosis",
        {
            "intermediate.device_service": """
                member_id | claim_id | source_table  | source_key | claim_type    | diagnosis_pointer | opens_event
                ----------+----------+---------------+------------+---------------+-------------------+------------
                ada       | A1       | medical_claim | 1          | institutional | 3                 | yes
                ada       | A2       | medical_claim | 1          | institutional |                   | yes
                ada       | A3       | medical_claim | 1          | professional  |                   | yes
                bea       | A1       | medical_claim | 1          | institutional |                   | yes
            """,
            "intermediate.claim_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | code_system
                ----------+----------+----------------+----------------+------------
                ada       | A1       | 1              | G894           | icd-10-cm
                ada       | A1       | 2              | M5450          | icd-10-cm
                ada       | A1       | 3              | M961           | icd-10-cm
                ada       | A2       | 1              | G894           | icd-10-cm
                ada       | A2       | 2              | G8929          | icd-10-cm
                ada       | A3       | 1              | G894           | icd-10-cm
                ada       | A3       | 2              | M5450          | icd-10-cm
                ada       | A3       | 3              | M961           | icd-10-cm
            """,
            "intermediate.back_diagnosis": """
                member_id | claim_id | diagnosis_rank | is_pain_label
                ----------+----------+----------------+--------------
                ada       | A1       | 1              | true
                ada       | A2       | 1              | true
                ada       | A2       | 2              | true
                ada       | A3       | 1              | true
                bea       | A1       | 2              | true
                ada       | A9       | 3              | true
            """,
        },
    )

    assert made.rows("claim_id", "diagnosis_rank", "diagnosis_code") == [
        ("A1", "2", "M5450"),
        ("A2", "1", "G894"),
        ("A2", "2", "G8929"),
        ("A3", "2", "M5450"),
        ("A3", "3", "M961"),
    ]
