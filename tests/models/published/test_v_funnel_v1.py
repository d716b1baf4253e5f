"""The published view v_funnel_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "step_number",
    "step",
    "unit",
    "entered_count",
    "left_count",
    "remaining_count",
    "reason",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_funnel_v1", {"audit.funnel": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        step_number
        100
        20
        10
    """

    made = published("v_funnel_v1", {"audit.funnel": rows})

    assert made.in_order("step_number") == [
        ("10",),
        ("20",),
        ("100",),
    ]
