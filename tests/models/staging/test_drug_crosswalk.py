"""The crosswalk from drug codes to ingredients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.staging.repeats import kept, one_apart

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_a_row_that_differs_in_any_known_column_is_no_repeat(model: RunModel) -> None:
    made = model("staging.drug_crosswalk", {"landed.drug_crosswalk": one_apart("drug_crosswalk")})

    assert made.column("source_row") == kept("drug_crosswalk")


def test_of_equal_rows_the_copy_delivered_last_stays(model: RunModel) -> None:
    made = model(
        "staging.drug_crosswalk",
        {
            "landed.drug_crosswalk": """
                from_code | rxnorm_ingredient | delivery_number | file_number | source_row
                ----------+-------------------+-----------------+-------------+-----------
                A         | X1                | 1               | 9           | 9
                A         | X1                | 2               | 1           | 8
                A         | X1                | 2               | 2           | 1
                A         | X1                | 2               | 2           | 2
            """,
        },
    )

    assert made.rows("delivery_number", "file_number", "source_row") == [("2", "2", "2")]
