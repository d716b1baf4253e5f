"""The published table about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "about_number",
    "topic",
    "about_text",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("about", {"run_facts.about": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
