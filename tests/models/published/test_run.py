"""The published table run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "run_id",
    "format_version",
    "as_of_date",
    "started_at_utc",
    "finished_at_utc",
    "code_version",
    "policy_versions",
    "value_set_versions",
    "landed_digest",
    "parameters",
    "grade",
    "grade_reasons",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("run", {"run_facts.run": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
