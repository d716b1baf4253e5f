"""Claim diagnoses of the back, also outside their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_code_matches_outside_its_dates_and_is_said_to_be_not_valid_then(model: RunModel) -> None:
    made = model(
        "intermediate.back_diagnosis",
        {
            "intermediate.claim_diagnosis": """
                claim_id | diagnosis_rank | diagnosis_code | code_system | coding_date
                ---------+----------------+----------------+-------------+------------
                A1       | 1              | M545           | icd-10-cm   | 2021-09-30
                A2       | 1              | M545           | icd-10-cm   | 2021-10-01
                A3       | 1              | M545           | icd-10-cm   | 2015-10-01
                A4       | 1              | M545           | icd-10-cm   | 2015-09-30
                A5       | 1              | G894           | icd-10-cm   | 2026-01-01
                A6       | 1              | M545           | icd-9-cm    | 2021-09-30
                A7       | 1              | M546           | icd-10-cm   | 2021-09-30
            """,
            "value_sets.diagnoses_low_back_pain": """
                match_system | code | value_set          | specificity | effective_start | effective_end
                -------------+------+--------------------+-------------+-----------------+--------------
                icd-10-cm    | M545 | lbp_unspecified    | unspecified | 2015-10-01      | 2021-09-30
                icd-10-cm    | G894 | lbp_near_neighbour | pain_label  | 2006-10-01      | 9999-12-31
            """,
        },
    )

    assert made.rows("claim_id", "value_set", "specificity", "is_pain_label", "is_valid_on_date") == [
        ("A1", "lbp_unspecified", "unspecified", "false", "true"),
        ("A2", "lbp_unspecified", "unspecified", "false", "false"),
        ("A3", "lbp_unspecified", "unspecified", "false", "true"),
        ("A4", "lbp_unspecified", "unspecified", "false", "false"),
        ("A5", "lbp_near_neighbour", "pain_label", "true", "true"),
    ]
