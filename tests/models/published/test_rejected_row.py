"""The published table rejected_row."""

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
    "source_row",
    "column_name",
    "rule",
    "message",
    "member_id",
    "claim_id",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("rejected_row", {"landed.rejected_row": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
