"""What landing remarked of values in rows that bear on an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_mended_values_are_told_of_evidence_and_doubtful_ones_of_every_line_of_the_look_back(model: RunModel) -> None:
    made = model(
        "intermediate.value_remark",
        {
            "intermediate.case_row": """
                episode_id | source_table  | source_row | is_evidence | row_warnings
                E1         | medical_claim | 1          | true        | hcpcs_code:null_word_is_blank;paid_amount:blank_is_zero;claim_end_date:null_word_is_blank
                E1         | medical_claim | 2          | false       | hcpcs_code:null_word_is_blank;hcpcs_code:not_ascii
                E1         | medical_claim | 3          | true        |
            """
        },
    )

    assert made.rows("source_row", "remark", "column_names") == [
        ("1", "blank_is_zero", "[paid_amount]"),
        ("1", "null_word_is_blank", "[claim_end_date, hcpcs_code]"),
        ("2", "not_ascii", "[hcpcs_code]"),
    ]
