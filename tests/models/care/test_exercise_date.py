"""The dates of counting exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_date_of_counting_exercise_in_the_look_back_stands_once(model: RunModel) -> None:
    made = model(
        "intermediate.exercise_date",
        {
            "intermediate.care_line": """
                episode_id | care_group   | service_date | is_in_look_back | counts
                -----------+--------------+--------------+-----------------+-------
                E1         | exercise     | 2025-02-01   | true            | yes
                E1         | exercise     | 2025-02-01   | true            | yes
                E1         | manipulation | 2025-02-02   | true            | yes
                E1         | exercise     | 2025-02-03   | false           | yes
                E1         | exercise     | 2025-02-04   | true            | no
            """,
            "intermediate.episode_policy": """
                episode_id | exercise_max_gap_days
                -----------+----------------------
                E1         | 30
            """,
        },
    )

    assert made.rows("service_date", "exercise_max_gap_days") == [("2025-02-01", "30")]
