"""The published table delivered_file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "delivery_number",
    "file_number",
    "file_name",
    "table_name",
    "layout",
    "bytes",
    "sha256",
    "row_count",
    "loaded_count",
    "repeat_count",
    "rejected_count",
    "unknown_columns",
    "fate",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("delivered_file", {"landed.delivered_file": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
