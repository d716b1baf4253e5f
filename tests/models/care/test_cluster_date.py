"""The dates of counting manipulation and acupuncture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_date_of_counting_care_in_the_look_back_stands_once_a_group(model: RunModel) -> None:
    made = model(
        "intermediate.cluster_date",
        {
            "intermediate.care_line": """
                episode_id | care_group   | service_date | is_in_look_back | counts
                -----------+--------------+--------------+-----------------+-------
                E1         | manipulation | 2025-02-01   | true            | yes
                E1         | manipulation | 2025-02-01   | true            | yes
                E1         | acupuncture  | 2025-02-01   | true            | yes
                E1         | exercise     | 2025-02-02   | true            | yes
                E1         | manipulation | 2025-02-03   | false           | yes
                E1         | manipulation | 2025-02-04   | true            | no
            """,
            "intermediate.episode_policy": """
                episode_id | manipulation_window_days
                -----------+-------------------------
                E1         | 60
            """,
        },
    )

    assert made.rows("care_group", "service_date", "window_days") == [
        ("acupuncture", "2025-02-01", "60"),
        ("manipulation", "2025-02-01", "60"),
    ]
