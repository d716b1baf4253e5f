"""The windows that the tests of an episode look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_window_runs_from_its_first_to_its_last_day(model: RunModel) -> None:
    made = model(
        "intermediate.episode_window",
        {
            "intermediate.episode": """
                episode_id | member_id | anchor_date | last_event_date | device_history_until_date
                -----------+-----------+-------------+-----------------+--------------------------
                E1         | ada       | 2025-03-01  | 2025-04-01      | 2025-02-01
            """,
            "intermediate.episode_policy": """
                episode_id | lookback_days | history_days | chronic_days | red_flag_days | symptom_days | followup_days
                -----------+---------------+--------------+--------------+---------------+--------------+--------------
                E1         | 10            | 20           | 5            | 7             | 3            | 30
            """,
            "policies.default_policy": """
                clean_period_days
                -----------------
                31
            """,
        },
    )

    assert made.row("look_back_start_date", "look_back_end_date") == ("2025-02-19", "2025-02-28")
    assert made.row("history_start_date", "earlier_end_date") == ("2025-02-09", "2025-02-18")
    assert made.row("chronic_end_date", "red_flag_start_date", "symptom_start_date") == (
        "2025-02-24",
        "2025-02-22",
        "2025-02-26",
    )
    assert made.row("device_history_start_date", "device_history_end_date") == ("2025-01-01", "2025-01-31")
    assert made.row("followup_end_date") == ("2025-05-01",)
