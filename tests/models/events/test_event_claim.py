"""The claims that bear on an implantation event, and which it owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_claim_belongs_to_the_earliest_event_it_is_an_index_claim_of_else_a_companion_of(model: RunModel) -> None:
    made = model(
        "intermediate.event_claim",
        {
            "intermediate.surgical_event": """
                member_id | event_date | event_window_end_date
                ----------+------------+----------------------
                ada       | 2025-03-01 | 2025-03-04
                ada       | 2025-03-05 | 2025-03-08
            """,
            "intermediate.index_line": """
                member_id | claim_id | service_date
                ----------+----------+-------------
                ada       | first    | 2025-03-01
                ada       | both     | 2025-03-04
                ada       | both     | 2025-03-05
                ada       | second   | 2025-03-08
            """,
            "intermediate.device_service": """
                member_id | claim_id | service_date | is_in_scope
                ----------+----------+--------------+------------
                ada       | first    | 2025-03-01   | true
                ada       | both     | 2025-03-04   | true
                ada       | both     | 2025-03-05   | true
                ada       | second   | 2025-03-02   | true
                ada       | second   | 2025-03-08   | true
                ada       | helper   | 2025-03-04   | true
                ada       | helper   | 2025-03-05   | true
                ada       | pump     | 2025-03-02   | false
                ada       | before   | 2025-02-28   | true
                ada       | after    | 2025-03-09   | true
                ada       | edge     | 2025-03-08   | true
            """,
        },
    )

    assert made.rows("claim_id", "event_date", "is_index_claim", "is_owned") == [
        ("both", "2025-03-01", "true", "true"),
        ("both", "2025-03-05", "true", "false"),
        ("edge", "2025-03-05", "false", "true"),
        ("first", "2025-03-01", "true", "true"),
        ("helper", "2025-03-01", "false", "true"),
        ("second", "2025-03-05", "true", "true"),
    ]
