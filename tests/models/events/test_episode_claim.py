"""The claims that bear on an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_an_episode_owns_a_claim_when_one_of_its_events_does(model: RunModel) -> None:
    made = model(
        "intermediate.episode_claim",
        {
            "intermediate.episode_event": """
                episode_id | member_id | event_date
                -----------+-----------+-----------
                E1         | ada       | 2025-03-01
                E1         | ada       | 2025-04-01
                E2         | ada       | 2025-09-01
            """,
            "intermediate.event_claim": """
                member_id | claim_id | event_date | is_owned | is_index_claim
                ----------+----------+------------+----------+---------------
                ada       | A1       | 2025-03-01 | true     | false
                ada       | A1       | 2025-04-01 | false    | true
                ada       | A2       | 2025-09-01 | false    | true
                ada       | A3       | 2025-09-01 | true     | false
                bea       | A1       | 2025-03-01 | true     | true
            """,
            "intermediate.claim": """
                member_id | claim_id | claim_date
                ----------+----------+-----------
                ada       | A1       | 2025-02-28
                ada       | A2       | 2025-09-01
                ada       | A3       | 2025-09-02
                bea       | A1       | 2025-01-01
            """,
        },
    )

    assert made.rows("episode_id", "claim_id", "is_owned", "is_index_claim", "claim_date") == [
        ("E1", "A1", "true", "true", "2025-02-28"),
        ("E2", "A2", "false", "true", "2025-09-01"),
        ("E2", "A3", "true", "false", "2025-09-02"),
    ]
