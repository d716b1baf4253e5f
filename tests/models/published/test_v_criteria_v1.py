"""The published view v_criteria_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "episode_id",
    "criterion_number",
    "criterion",
    "result",
    "observed_value",
    "threshold_value",
    "unit",
    "explanation",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_criteria_v1", {"audit.criterion_result": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        episode_id | criterion_number
        E2 | 1
        E1 | 2
        E1 | 1
    """

    made = published("v_criteria_v1", {"audit.criterion_result": rows})

    assert made.in_order("episode_id", "criterion_number") == [
        ("E1", "1"),
        ("E1", "2"),
        ("E2", "1"),
    ]
