"""How many flagged episodes each provider has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_provider_counts_flagged_episodes_once_each_the_fewest_first(published: RunModel) -> None:
    made = published(
        "flagged_provider",
        {
            "audit.episode_review": "episode_id | outcome\nE1 | flagged\nE2 | flagged\nE3 | flagged\nE4 | documented",
            "audit.timeline_event": """
                episode_id | lane     | billing_npi | rendering_npi
                -----------+----------+-------------+--------------
                E1         | implant  | 1111111111  | 2222222222
                E1         | trial    | 1111111111  |
                E2         | trial    | 1111111111  |
                E3         | implant  |             | 2222222222
                E3         | implant  |             |
                E3         | exercise | 3333333333  |
                E4         | implant  | 4444444444  |
            """,
        },
    )

    assert made.columns == ("case_count",)
    assert made.in_order("case_count") == [("1",), ("2",)]
