"""The published table feed_reach: the days that each feed can speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_feed_has_a_row_a_run_of_days_and_no_end_where_it_speaks_of_all_days(published: RunModel) -> None:
    made = published(
        "feed_reach",
        {
            "staging.feed_reach": """
                table_name     | first_date | last_date
                ---------------+------------+-----------
                medical_claim  | 2023-01-01 | 2026-06-15
                pharmacy_claim | 0001-01-01 | 9999-12-31
            """,
        },
    )

    assert made.columns == ("table_name", "first_reached_date", "last_reached_date")
    assert made.cells == (("medical_claim", "2023-01-01", "2026-06-15"), ("pharmacy_claim", None, None))
