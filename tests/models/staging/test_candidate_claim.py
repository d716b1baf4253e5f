"""The claims of candidate members."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_claim_stands_once_whoever_shares_its_identifier(model: RunModel) -> None:
    made = model(
        "staging.candidate_claim",
        {
            "staging.medical_claim": """
                claim_id | claim_line_number | member_id
                ---------+-------------------+----------
                A1       | 1                 | ada
                A1       | 2                 | ada
                A1       | 1                 | bea
                A2       | 1                 | ada
            """
        },
    )

    assert made.column("claim_id") == ["A1", "A2"]
