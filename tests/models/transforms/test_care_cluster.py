"""How many dates of care fall close together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_window_counts_the_distinct_dates_up_to_its_last_day(transform: RunModel) -> None:
    made = transform(
        "care_cluster",
        {
            "intermediate.cluster_date": """
                episode_id | care_group   | service_date | window_days
                -----------+--------------+--------------+------------
                E1         | manipulation | 2025-01-01   | 30
                E1         | manipulation | 2025-01-15   | 30
                E1         | manipulation | 2025-01-15   | 30
                E1         | manipulation | 2025-01-31   | 30
                E1         | manipulation | 2025-02-01   | 30
                E1         | acupuncture  | 2025-01-02   | 30
                E2         | manipulation | 2025-01-02   | 30
            """
        },
    )

    assert made.rows("episode_id", "care_group", "service_date", "date_count") == [
        ("E1", "acupuncture", "2025-01-02", "1"),
        ("E1", "manipulation", "2025-01-01", "3"),
        ("E1", "manipulation", "2025-01-15", "3"),
        ("E1", "manipulation", "2025-01-31", "2"),
        ("E1", "manipulation", "2025-02-01", "1"),
        ("E2", "manipulation", "2025-01-02", "1"),
    ]
