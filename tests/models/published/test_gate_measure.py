"""The published table gate_measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "measured_of",
    "measured_number",
    "as_of_date",
    "table_name",
    "measure_name",
    "segment_kind",
    "segment",
    "measure_value",
    "measured_rows",
    "accepted_because",
    "accepted_by",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("gate_measure", {"run_facts.gate_measure": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
