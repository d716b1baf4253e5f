"""How many rows of each month were loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_rows_are_counted_by_feed_and_month_up_to_the_run_date(model: RunModel) -> None:
    made = model(
        "staging.feed_month",
        {
            "kept.feed_day": """
                table_name     | row_date   | row_count
                medical_claim  | 2026-05-01 | 1
                medical_claim  | 2026-05-01 | 1
                medical_claim  | 2026-05-31 | 1
                medical_claim  | 2026-06-01 | 1
                medical_claim  | 2026-06-30 | 1
                medical_claim  | 2026-07-01 | 1
                pharmacy_claim | 2026-06-29 | 1
                pharmacy_claim | 2026-07-01 | 1
            """,
            "run_facts.run_given": "as_of_date\n2026-06-30",
        },
    )

    assert made.rows("table_name", "month_start_date", "row_count", "newest_date") == [
        ("medical_claim", "2026-05-01", "3", "2026-05-31"),
        ("medical_claim", "2026-06-01", "2", "2026-06-30"),
        ("pharmacy_claim", "2026-06-01", "1", "2026-06-29"),
    ]
