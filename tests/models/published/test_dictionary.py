"""The published table dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "table_name",
    "column_name",
    "column_position",
    "data_type",
    "meaning",
    "unit_or_code_system",
    "sensitivity",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("dictionary", {"run_facts.published_column": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
