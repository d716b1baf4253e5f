"""The published table value_set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "value_set_name",
    "row_number",
    "value_set",
    "code_system",
    "code",
    "word",
    "label",
    "effective_start",
    "effective_end",
    "role",
    "opens_event",
    "specificity",
    "indication_class",
    "care_group",
    "modality",
    "drug_class",
    "counts",
    "needs_back_diagnosis",
    "hours_per_unit",
    "note",
    "source",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("value_set", {"run_facts.value_set_row": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
