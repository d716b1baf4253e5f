"""The list of claims that came again with fewer lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


import pytest


@pytest.mark.parametrize(("whole", "stay"), [("false", "true"), ("true", "false")])
def test_each_delivery_with_fewer_lines_than_the_one_before_is_listed(model: RunModel, whole: str, stay: str) -> None:
    made = model(
        "audit.shortened_claim",
        {
            "staging.delivered_claim": """
                member_id | claim_id | delivery_number | line_count
                ada       | C        | 1               | 3
                ada       | C        | 2               | 2
                ada       | C        | 4               | 2
                ada       | C        | 5               | 1
                ada       | D        | 1               | 1
                ada       | D        | 2               | 4
                bea       | C        | 2               | 9
            """,
            "run_facts.redelivery_given": f"holds_whole_claims\n{whole}",
            "intermediate.left_out_rank": """
                source_table    | member_id | claim_id | earlier_delivery_number | delivery_number | earlier_row_count | row_count
                claim_diagnosis | ada       | C        | 1                       | 4               | 3                 | 2
            """,
        },
    )

    assert made.in_order(*made.columns) == [
        ("ada", "C", "1", "2", "3", "2", stay, "medical_claim"),
        ("ada", "C", "1", "4", "3", "2", "true", "claim_diagnosis"),
        ("ada", "C", "4", "5", "2", "1", stay, "medical_claim"),
    ]
