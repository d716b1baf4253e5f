"""The published view v_delivered_files_v1."""

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
    "fate",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_delivered_files_v1", {"audit.delivered_file": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        delivery_number | file_number | table_name
        2 | 1 | a
        1 | 2 | a
        1 | 1 | b
        1 | 1 | a
    """

    made = published("v_delivered_files_v1", {"audit.delivered_file": rows})

    assert made.in_order("delivery_number", "file_number", "table_name") == [
        ("1", "1", "a"),
        ("1", "1", "b"),
        ("1", "2", "a"),
        ("2", "1", "a"),
    ]
