"""The law that the steps of the funnel add up and follow on one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_step_that_is_uneven_torn_or_gains_is_named_and_units_are_apart(published: RunModel) -> None:
    made = published(
        "funnel_adds_up",
        {
            "audit.funnel": """
                step_number | unit        | entered_count | left_count | remaining_count
                ------------+-------------+---------------+------------+----------------
                1           | claim lines | 100           | 0          | 100
                2           | claim lines | 100           | 40         | 60
                3           | index lines | 12            | 0          | 12
                4           | claim lines | 60            | 10         | 51
                5           | claim lines | 50            | 0          | 50
                6           | claim lines | 50            | -1         | 51
                7           | index lines | 12            | 12         | 0
            """
        },
    )

    assert made.column("step_number") == ["4", "5", "6"]
