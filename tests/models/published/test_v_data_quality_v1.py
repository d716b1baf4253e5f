"""The published view v_data_quality_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "table_name",
    "check_name",
    "severity",
    "status",
    "failed_count",
    "total_count",
    "description",
    "consequence",
    "file_name",
    "column_name",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_data_quality_v1", {"audit.data_quality": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        table_name | check_name | file_name | column_name
        fills | a | |
        claims | b | f | d
        claims | b | f | c
        claims | b | e | d
        claims | a | |
    """

    made = published("v_data_quality_v1", {"audit.data_quality": rows})

    assert made.in_order("table_name", "check_name", "file_name", "column_name") == [
        ("claims", "a", None, None),
        ("claims", "b", "e", "d"),
        ("claims", "b", "f", "c"),
        ("claims", "b", "f", "d"),
        ("fills", "a", None, None),
    ]
