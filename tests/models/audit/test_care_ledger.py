"""Everything considered as care in the look-back, with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_lines_and_fills_of_the_look_back_stand_in_order_of_days_with_the_file_they_came_in(model: RunModel) -> None:
    made = model(
        "audit.care_ledger",
        {
            "intermediate.care_line": """
                episode_id | claim_id | service_date | is_in_look_back | counts | counts_reason       | care_group | modality    | source_table    | delivery_number | file_number | source_row
                -----------+----------+--------------+-----------------+--------+---------------------+------------+-------------+-----------------+-----------------+-------------+-----------
                E1         | A2       | 2025-02-02   | true            | no     | code_does_not_count |            | passive     | medical_claim   | 1               | 1           | 2
                E1         | A1       | 2025-02-01   | true            | yes    |                     | exercise   | exercise_pt | claim_procedure | 1               | 2           | 1
                E1         | A0       | 2025-01-01   | false           | yes    |                     | exercise   | exercise_pt | medical_claim   | 1               | 1           | 1
            """,
            "intermediate.care_fill": """
                episode_id | claim_id | dispensing_date | is_in_look_back | counts | drug_class | days_supply | delivery_number | file_number | source_row
                -----------+----------+-----------------+-----------------+--------+------------+-------------+-----------------+-------------+-----------
                E1         | P1       | 2025-02-02      | true            | yes    | nsaid      | 30          | 2               | 1           | 1
                E1         | P0       | 2025-01-02      | false           | yes    | nsaid      | 30          | 2               | 1           | 2
            """,
            "intermediate.enrollment_gap": "episode_id | start_date | end_date\nE1 | 2025-02-02 | 2025-02-03",
            "landed.delivered_file": """
                delivery_number | file_number | table_name      | file_name
                ----------------+-------------+-----------------+--------------
                1               | 1           | medical_claim   | lines.csv
                1               | 1           | claim_diagnosis | lines.csv
                1               | 2           | claim_procedure | stays.csv
                2               | 2           | pharmacy_claim  | other.csv
                1               | 3           | pharmacy_claim  | other.csv
            """,
        },
    )

    assert made.in_order("claim_id", "care_group", "modality", "counts", "counts_reason", "source_file") == [
        ("A1", "exercise", "exercise_pt", "yes", None, "stays.csv"),
        ("A2", None, "passive", "no", "code_does_not_count", "lines.csv"),
        ("P1", "medication", "nsaid", "yes", None, None),
    ]
    assert made.rows("claim_id", "is_in_enrollment_gap") == [("A1", "false"), ("A2", "true"), ("P1", "true")]
    assert made.rows("claim_id", "quantity", "source_table") == [
        ("A1", None, "claim_procedure"),
        ("A2", None, "medical_claim"),
        ("P1", "30.0000", "pharmacy_claim"),
    ]


def test_a_procedure_of_a_claim_line_s_columns_names_the_file_of_the_line(model: RunModel) -> None:
    made = model(
        "audit.care_ledger",
        {
            "intermediate.care_line": """
                episode_id | claim_id | is_in_look_back | source_table    | delivery_number | file_number | source_row
                -----------+----------+-----------------+-----------------+-----------------+-------------+-----------
                E1         | A1       | true            | claim_procedure | 1               | 1           | 7
            """,
            "intermediate.care_fill": "",
            "intermediate.enrollment_gap": "episode_id | start_date | end_date\nE1 | 2025-02-02 | 2025-02-03",
            "landed.delivered_file": """
                delivery_number | file_number | table_name    | file_name
                ----------------+-------------+---------------+----------
                1               | 1           | medical_claim | lines.csv
            """,
        },
    )

    assert made.row("source_table", "source_file", "source_row") == ("claim_procedure", "lines.csv", "7")
