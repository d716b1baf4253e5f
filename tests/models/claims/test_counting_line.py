"""The claim lines that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_paid_and_pending_lines_of_claims_that_count_stay(model: RunModel) -> None:
    made = model(
        "intermediate.counting_line",
        {
            "intermediate.final_line": """
                member_id | claim_id | line_key | claim_status
                ----------+----------+----------+-------------
                ada       | A1       | 1        | paid
                ada       | A1       | 2        | pending
                ada       | A1       | 3        | denied
                ada       | A1       | 4        | reversed
                ada       | A2       | 1        | paid
                bea       | A1       | 1        | paid
            """,
            "intermediate.claim_final_state": """
                member_id | claim_id | final_state
                ----------+----------+------------
                ada       | A1       | counts
                ada       | A2       | voided
            """,
        },
    )

    assert made.rows("member_id", "claim_id", "line_key") == [("ada", "A1", "1"), ("ada", "A1", "2")]
