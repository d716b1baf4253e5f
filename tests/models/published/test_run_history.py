"""The published table run_history."""

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


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("run_history", {"run_facts.run_history": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
