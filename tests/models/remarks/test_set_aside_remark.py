"""Set-aside rows that may have borne on an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_rows_of_the_member_in_its_time_or_of_its_claims_touch_the_episode(model: RunModel) -> None:
    made = model(
        "intermediate.set_aside_remark",
        {
            "intermediate.episode_window": """
                episode_id | member_id | anchor_date | history_start_date | followup_end_date
                E1         | ada       | 2025-01-01  | 2023-01-01         | 2026-12-31
            """,
            "intermediate.episode_claim": "episode_id | claim_id\nE1 | IMP",
            "staging.rejected_row": """
                member_id | claim_id | row_date   | table_name      | column_name | rule       | source_row
                ada       | F1       | 2023-01-01 | pharmacy_claim  | days_supply | not_a_whole_number | 1
                ada       | F2       | 2022-12-31 | pharmacy_claim  | days_supply | not_a_whole_number | 2
                ada       | F3       |            | pharmacy_claim  | paid_date   | not_a_date | 3
                ada       | F3       |            | pharmacy_claim  | dispensing_date | not_a_date | 3
                          | IMP      |            | claim_diagnosis | diagnosis_rank | below_one | 4
                          | OTHER    |            | claim_diagnosis | diagnosis_rank | below_one | 5
                bea       | F4       |            | pharmacy_claim  | days_supply | out_of_range | 6
                ada       | LATE     | 2027-01-01 | medical_claim   | paid_amount | not_a_number | 7
            """,
        },
    )

    assert made.rows("source_row", "remark", "column_names") == [
        ("1", "not_a_whole_number", "[days_supply]"),
        ("3", "not_a_date", "[dispensing_date, paid_date]"),
        ("4", "below_one", "[diagnosis_rank]"),
    ]
