"""The flagged episodes whose implant lines name no provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_flagged_episode_is_listed_unless_a_trial_or_implant_line_names_somebody(published: RunModel) -> None:
    made = published(
        "flagged_without_provider",
        {
            "audit.episode_review": """
                episode_id | outcome
                -----------+-----------
                E1         | flagged
                E2         | flagged
                E3         | flagged
                E4         | flagged
                E5         | flagged
                E6         | documented
            """,
            "audit.timeline_event": """
                episode_id | lane     | billing_npi | rendering_npi
                -----------+----------+-------------+--------------
                E1         | implant  | 1111111111  |
                E2         | trial    |             | 2222222222
                E2         | implant  |             |
                E3         | implant  |             |
                E4         | exercise | 3333333333  |
            """,
        },
    )

    assert made.column("episode_id") == ["E3", "E4", "E5"]
