"""The checks on what the rule itself met, as counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_check_counts_what_it_names_among_what_it_could_be(model: RunModel) -> None:
    made = model(
        "intermediate.rule_data_quality",
        {
            "intermediate.claim_final_state": """
                member_id | claim_id | claim_frequency_code | original_claim_id | final_state
                ----------+----------+----------------------+-------------------+----------------
                ada       | A1       | 7                    | A0                | pending_request
                ada       | A2       | 7                    | A3                | in_ring
                ada       | A3       | 7                    | A2                | in_ring
                ada       | A4       | 8                    | A4                | void_request
                ada       | A5       | 7                    | Z9                | counts
                ada       | A6       | 7                    |                   | counts
                ada       | A7       | 7                    | A0                | outranked
                ada       | A0       |                      |                   | outranked
            """,
            "intermediate.claim_version": """
                member_id | claim_id | has_original
                ----------+----------+-------------
                ada       | A1       | true
                ada       | A2       | true
                ada       | A3       | true
                ada       | A4       | false
                ada       | A5       | false
                ada       | A6       | false
                ada       | A7       | true
                ada       | A0       | false
            """,
            "intermediate.fill": """
                delivery_number | file_number | source_row
                ----------------+-------------+-----------
                1               | 1           | 1
                1               | 1           | 2
                1               | 2           | 1
                2               | 1           | 1
            """,
            "intermediate.fill_medication": """
                delivery_number | file_number | source_row
                ----------------+-------------+-----------
                1               | 1           | 1
            """,
            "intermediate.delivered_fill": """
                delivery_number | file_number | source_row | takes_fill_back
                ----------------+-------------+------------+----------------
                1               | 1           | 1          | false
                1               | 1           | 3          | true
                1               | 2           | 3          | true
                2               | 1           | 3          | true
            """,
            "intermediate.taken_back_fill": """
                delivery_number | file_number | source_row | reversal_delivery_number | reversal_file_number | reversal_source_row
                ----------------+-------------+------------+--------------------------+----------------------+--------------------
                1               | 1           | 1          | 1                        | 2                    | 3
            """,
            "staging.candidate_claim": "claim_id\nA1\nA2\nS1",
            "staging.shared_claim_number": "claim_id\nS1",
            "intermediate.claim": "member_id | claim_id\nada | A1\nada | S1\nbea | S1",
            "intermediate.shared_claim": "member_id | claim_id\nada | S1",
            "intermediate.episode_diagnosis_scope": """
                billed_diagnoses | has_invalid_code
                -----------------+-----------------
                []               | false
                [M545]           | true
                [M5450]          | true
            """,
        },
    )

    assert made.rows("check_name", "failed_count", "total_count", "status") == [
        ("back_code_not_valid_on_date", "2", "3", "counted"),
        ("claim_number_shared", "1", "3", "counted"),
        ("diagnosis_of_nobody", "1", "3", "counted"),
        ("fill_in_no_value_set", "3", "4", "counted"),
        ("index_claim_without_diagnosis", "1", "3", "counted"),
        ("replacement_held", "1", "7", "counted"),
        ("replacement_names_itself", "1", "7", "counted"),
        ("replacement_outranked", "1", "7", "counted"),
        ("replacement_ring", "2", "7", "counted"),
        ("replacement_without_original", "2", "7", "counted"),
        ("reversed_fill_without_fill", "2", "3", "counted"),
    ]
    assert set(made.column("severity")) == {"warning"}


def test_a_check_with_nothing_to_look_at_does_not_apply_and_one_that_finds_nothing_passes(model: RunModel) -> None:
    made = model(
        "intermediate.rule_data_quality",
        {
            "intermediate.claim_final_state": "",
            "intermediate.claim_version": "",
            "intermediate.fill": "delivery_number | file_number | source_row\n1 | 1 | 1",
            "intermediate.fill_medication": "delivery_number | file_number | source_row\n1 | 1 | 1",
            "intermediate.delivered_fill": "takes_fill_back\nfalse",
            "intermediate.taken_back_fill": "",
            "staging.candidate_claim": "claim_id\nA1",
            "staging.shared_claim_number": "",
            "intermediate.claim": "member_id | claim_id\nada | A1",
            "intermediate.shared_claim": "",
            "intermediate.episode_diagnosis_scope": "billed_diagnoses | has_invalid_code\n[M5450] | false",
        },
    )

    assert made.in_order("table_name", "check_name", "status") == [
        ("claim_diagnosis", "back_code_not_valid_on_date", "passed"),
        ("claim_diagnosis", "diagnosis_of_nobody", "passed"),
        ("claim_diagnosis", "index_claim_without_diagnosis", "passed"),
        ("medical_claim", "claim_number_shared", "passed"),
        ("medical_claim", "replacement_held", "not_applicable"),
        ("medical_claim", "replacement_names_itself", "not_applicable"),
        ("medical_claim", "replacement_outranked", "not_applicable"),
        ("medical_claim", "replacement_ring", "not_applicable"),
        ("medical_claim", "replacement_without_original", "not_applicable"),
        ("pharmacy_claim", "fill_in_no_value_set", "passed"),
        ("pharmacy_claim", "reversed_fill_without_fill", "not_applicable"),
    ]
