"""The final version of each claim line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_the_last_version_stays_and_a_blank_status_is_paid(model: RunModel) -> None:
    made = model(
        "intermediate.final_line",
        {
            "intermediate.claim_line_version": """
                claim_id | line_key | version_number | version_count | claim_status
                ---------+----------+----------------+---------------+-------------
                A1       | 1        | 1              | 2             | denied
                A1       | 1        | 2              | 2             |
                A1       | 2        | 1              | 1             | denied
            """
        },
    )

    assert made.rows("claim_id", "line_key", "claim_status") == [("A1", "1", "paid"), ("A1", "2", "denied")]
    assert "version_number" not in made.columns
