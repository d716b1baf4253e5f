"""How many days of its windows a member was enrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


WINDOWS = """
    episode_id | member_id | look_back_start_date | look_back_end_date | device_history_start_date | device_history_end_date
    -----------+-----------+----------------------+--------------------+---------------------------+------------------------
    E1         | ada       | 2025-01-01           | 2025-01-31         | 2024-01-01                | 2024-12-31
"""


def test_overlapping_and_neighbouring_spans_count_each_day_of_a_window_once(model: RunModel) -> None:
    made = model(
        "intermediate.enrolled_day",
        {
            "intermediate.episode_window": WINDOWS,
            "intermediate.enrollment_span": """
                member_id | enrollment_start_date | enrollment_end_date | has_pharmacy_benefit
                ----------+-----------------------+---------------------+---------------------
                ada       | 2024-12-30            | 2025-01-05          | true
                ada       | 2025-01-03            | 2025-01-10          | false
                ada       | 2025-01-04            | 2025-01-06          | false
                ada       | 2025-01-11            | 2025-01-12          | true
                ada       | 2025-01-31            | 2025-02-10          | true
                bea       | 2025-01-01            | 2025-01-31          | true
            """,
        },
    )

    assert made.rows("cover", "enrolled_days") == [("device_history", "2"), ("drugs", "8"), ("look_back", "13")]


def test_spans_that_touch_a_window_in_one_day_count_it_and_those_a_day_off_count_none(model: RunModel) -> None:
    made = model(
        "intermediate.enrolled_day",
        {
            "intermediate.episode_window": WINDOWS,
            "intermediate.enrollment_span": """
                member_id | enrollment_start_date | enrollment_end_date | has_pharmacy_benefit
                ----------+-----------------------+---------------------+---------------------
                ada       | 2024-11-30            | 2025-01-01          | false
                ada       | 2025-01-31            | 2025-01-31          | true
                ada       | 2025-02-01            | 2025-03-01          | true
                ada       | 2023-01-01            | 2023-12-31          | true
            """,
        },
    )

    assert made.rows("cover", "enrolled_days") == [("device_history", "32"), ("drugs", "1"), ("look_back", "2")]


def test_a_member_without_a_span_is_enrolled_on_no_day(model: RunModel) -> None:
    made = model(
        "intermediate.enrolled_day", {"intermediate.episode_window": WINDOWS, "intermediate.enrollment_span": ""}
    )

    assert made.rows("cover", "enrolled_days") == [("device_history", "0"), ("drugs", "0"), ("look_back", "0")]
