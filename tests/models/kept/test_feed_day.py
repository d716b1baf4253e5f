"""How many rows of each day were loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_rows_of_any_status_are_counted_by_feed_and_day(model: RunModel) -> None:
    made = model(
        "kept.feed_day",
        {
            "landed.medical_claim": """
                claim_id | claim_line_start_date | claim_status
                ---------+-----------------------+-------------
                A1       | 2026-05-01            | paid
                A1       | 2026-05-01            | paid
                A2       | 2026-05-01            | denied
                A3       | 2026-06-01            | paid
            """,
            "landed.pharmacy_claim": "claim_id | dispensing_date\nF1 | 2026-06-29",
        },
    )

    assert made.rows("table_name", "row_date", "row_count") == [
        ("medical_claim", "2026-05-01", "3"),
        ("medical_claim", "2026-06-01", "1"),
        ("pharmacy_claim", "2026-06-29", "1"),
    ]
