"""The parts and the kind of an implantation event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_generator_makes_the_event_permanent_and_lines_join_to_the_last_day_of_its_window(model: RunModel) -> None:
    made = model(
        "intermediate.event_part",
        {
            "intermediate.surgical_event": """
                member_id | event_date | event_window_end_date
                ----------+------------+----------------------
                ada       | 2025-03-01 | 2025-03-04
                bea       | 2025-03-01 | 2025-03-04
            """,
            "intermediate.index_line": """
                member_id | service_date | code  | role          | is_lead | is_generator | is_discontinued | source_table
                ----------+--------------+-------+---------------+---------+--------------+-----------------+--------------
                ada       | 2025-03-01   | 63655 | paddle_lead   | true    | false        | false           | medical_claim
                ada       | 2025-03-01   | 63655 | paddle_lead   | true    | false        | false           | medical_claim
                ada       | 2025-03-04   | 63685 | generator     | false   | true         | false           | medical_claim
                bea       | 2025-03-01   | 63650 | trial_or_lead | true    | false        | false           | medical_claim
                bea       | 2025-03-05   | 63685 | generator     | false   | true         | false           | medical_claim
                bea       | 2025-02-28   | 63685 | generator     | false   | true         | false           | medical_claim
            """,
        },
    )

    assert made.rows(
        "member_id", "event_kind", "has_lead", "has_generator", "has_paddle_lead", "index_codes", "index_line_count"
    ) == [
        ("ada", "permanent", "true", "true", "true", "[63655, 63685]", "3"),
        ("bea", "trial", "true", "false", "false", "[63650]", "1"),
    ]


def test_an_event_is_aborted_when_every_claim_line_of_it_was_discontinued(model: RunModel) -> None:
    made = model(
        "intermediate.event_part",
        {
            "intermediate.surgical_event": """
                member_id | event_date | event_window_end_date
                ----------+------------+----------------------
                ada       | 2025-03-01 | 2025-03-04
                bea       | 2025-03-01 | 2025-03-04
                cid       | 2025-03-01 | 2025-03-04
            """,
            "intermediate.index_line": """
                member_id | service_date | is_generator | is_discontinued | source_table
                ----------+--------------+--------------+-----------------+----------------
                ada       | 2025-03-01   | false        | true            | medical_claim
                ada       | 2025-03-01   | false        | false           | claim_procedure
                bea       | 2025-03-01   | false        | true            | medical_claim
                bea       | 2025-03-01   | false        | false           | medical_claim
                cid       | 2025-03-01   | false        | false           | claim_procedure
            """,
        },
    )

    assert made.rows("member_id", "is_aborted") == [("ada", "true"), ("bea", "false"), ("cid", "false")]
