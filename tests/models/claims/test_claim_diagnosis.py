"""The diagnoses of a claim that counts, by rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_blank_code_type_is_icd_10_from_its_first_day_on_by_the_coding_date(model: RunModel) -> None:
    made = model(
        "intermediate.claim_diagnosis",
        {
            "intermediate.delivered_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | diagnosis_code_type | is_unowned
                ----------+----------+----------------+----------------+---------------------+-----------
                ada       | A1       | 1              | 7242           |                     | false
                ada       | A2       | 1              | M545           |                     | false
                ada       | A3       | 1              | M545           | icd-10-cm           | false
            """,
            "intermediate.claim": """
                member_id | claim_id | claim_date | coding_date
                ----------+----------+------------+------------
                ada       | A1       | 2015-09-30 | 2015-09-30
                ada       | A2       | 2015-09-29 | 2015-10-01
                ada       | A3       | 2015-09-29 | 2015-09-30
            """,
            "policies.default_policy": """
                icd_10_from
                -----------
                2015-10-01
            """,
        },
    )

    assert made.rows("claim_id", "diagnosis_code", "code_system", "claim_date", "coding_date") == [
        ("A1", "7242", "icd-9-cm", "2015-09-30", "2015-09-30"),
        ("A2", "M545", "icd-10-cm", "2015-09-29", "2015-10-01"),
        ("A3", "M545", "icd-10-cm", "2015-09-29", "2015-09-30"),
    ]


def test_the_last_delivered_row_of_a_rank_wins_and_a_blank_one_empties_it(model: RunModel) -> None:
    made = model(
        "intermediate.claim_diagnosis",
        {
            "intermediate.delivered_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | delivery_number | file_number | source_row | is_unowned
                ----------+----------+----------------+----------------+-----------------+-------------+------------+-----------
                ada       | A1       | 1              | M5450          | 1               | 2           | 1          | false
                ada       | A1       | 1              | M961           | 1               | 3           | 1          | false
                ada       | A1       | 2              | M5450          | 2               | 2           | 1          | false
                ada       | A1       | 2              | M961           | 1               | 3           | 1          | false
                ada       | A1       | 3              |                | 2               | 2           | 2          | false
                ada       | A1       | 3              | M961           | 1               | 3           | 1          | false
                ada       | A1       | 4              | M545           | 1               | 3           | 1          | false
                ada       | A1       | 4              | M5451          | 1               | 3           | 2          | false
                ada       | A1       | 4              | M5459          | 1               | 2           | 9          | false
                ada       | A1       | 5              | M5450          | 1               | 1           | 1          | false
                ada       | A1       | 5              | M961           | 9               | 1           | 1          | true
                bea       | A1       | 5              | M4806          | 9               | 1           | 1          | false
            """,
            "intermediate.claim": """
                member_id | claim_id | claim_date | coding_date
                ----------+----------+------------+------------
                ada       | A1       | 2026-01-02 | 2026-01-02
                bea       | A1       | 2026-01-02 | 2026-01-02
            """,
            "policies.default_policy": """
                icd_10_from
                -----------
                2015-10-01
            """,
        },
    )

    assert made.rows("member_id", "diagnosis_rank", "diagnosis_code") == [
        ("ada", "1", "M961"),
        ("ada", "2", "M5450"),
        ("ada", "4", "M5451"),
        ("ada", "5", "M5450"),
        ("bea", "5", "M4806"),
    ]
