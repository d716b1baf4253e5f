"""The implantation events as they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_events_stand_by_member_and_date_with_their_stage_in_words(model: RunModel) -> None:
    made = model(
        "audit.event",
        {
            "intermediate.episode_event": """
                episode_id | member_id | event_date | event_kind | is_initial | index_line_count | is_lead_exchange
                -----------+-----------+------------+------------+------------+------------------+-----------------
                E2         | bea       | 2025-01-01 | trial      | true       | 2                | false
                E1         | ada       | 2025-02-01 | permanent  | false      | 1                | true
                E1         | ada       | 2025-01-01 | trial      | true       | 1                | false
            """
        },
    )

    assert made.in_order("member_id", "event_date", "event_kind", "event_stage", "is_lead_exchange") == [
        ("ada", "2025-01-01", "trial", "initial", "false"),
        ("ada", "2025-02-01", "permanent", "replacement_or_revision", "true"),
        ("bea", "2025-01-01", "trial", "initial", "false"),
    ]
