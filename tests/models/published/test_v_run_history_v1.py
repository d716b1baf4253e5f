"""The published view v_run_history_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "run_number",
    "publish_kind",
    "run_id",
    "as_of_date",
    "known_from_utc",
    "code_version",
    "policy_versions",
    "value_set_versions",
    "value_set_digest",
    "landed_digest",
    "newest_delivery_number",
    "parameters",
    "grade",
    "episode_count",
    "flagged_count",
    "flagged_paid_amount",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_run_history_v1", {"audit.run_history": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        run_number
        10
        2
        1
    """

    made = published("v_run_history_v1", {"audit.run_history": rows})

    assert made.in_order("run_number") == [
        ("1",),
        ("2",),
        ("10",),
    ]
