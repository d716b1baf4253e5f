"""Claims of shared numbers with a diagnosis row that belongs to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

HEADER = (
    "member_id | claim_id | diagnosis_rank | diagnosis_code | is_unowned | delivery_number | file_number | source_row"
)
NOBODY_S = "ada | S1 | 1 | M961 | true | 1 | 2 | 5"


@pytest.mark.parametrize(
    ("rows", "claims"),
    [
        ([NOBODY_S], ["S1"]),
        ([NOBODY_S, "ada | S1 | 1 | M5450 | false | 1 | 2 | 6"], []),
        ([NOBODY_S, "ada | S1 | 1 | M5450 | false | 1 | 2 | 4"], ["S1"]),
        ([NOBODY_S, "ada | S1 | 1 | M5450 | false | 1 | 3 | 1"], []),
        ([NOBODY_S, "ada | S1 | 1 | M5450 | false | 2 | 1 | 1"], []),
        ([NOBODY_S, "ada | S1 | 1 |  | false | 2 | 1 | 1"], []),
        (
            [NOBODY_S, "ada | S1 | 1 | M5450 | false | 2 | 1 | 1", "ada | S1 | 1 | M961 | true | 3 | 1 | 1"],
            ["S1"],
        ),
        (
            [
                "ada | S1 | 1 | M5450 | false | 1 | 1 | 1",
                "ada | S1 | 1 | M961 | true | 2 | 1 | 1",
                "ada | S1 | 1 | M5450 | false | 3 | 1 | 1",
            ],
            [],
        ),
        ([NOBODY_S, "ada | S1 | 2 | M5450 | false | 2 | 1 | 1"], ["S1"]),
        ([NOBODY_S, "ada | S1 | 1 | M5450 | true | 2 | 1 | 1"], ["S1"]),
        ([NOBODY_S, "bea | S1 | 1 | M5450 | false | 2 | 1 | 1"], ["S1"]),
        ([NOBODY_S, "ada | S2 | 1 | M5450 | false | 2 | 1 | 1"], ["S1"]),
        (["ada | S1 | 1 |  | true | 1 | 2 | 5"], []),
        (["ada | A1 | 1 | M961 | false | 1 | 2 | 5"], []),
    ],
)
def test_a_row_of_nobody_is_gone_once_the_member_s_own_row_of_its_rank_came_later(
    model: RunModel, rows: list[str], claims: list[str]
) -> None:
    made = model("intermediate.shared_claim", {"intermediate.delivered_diagnosis": "\n".join([HEADER, *rows])})

    assert made.rows("member_id", "claim_id") == [("ada", claim) for claim in claims]


def test_a_row_of_nobody_that_is_gone_for_one_member_stays_for_the_other(model: RunModel) -> None:
    made = model(
        "intermediate.shared_claim",
        {
            "intermediate.delivered_diagnosis": """
                member_id | claim_id | diagnosis_rank | diagnosis_code | is_unowned | delivery_number
                ----------+----------+----------------+----------------+------------+----------------
                ada       | S1       | 1              | M961           | true       | 1
                bea       | S1       | 1              | M961           | true       | 1
                ada       | S1       | 1              | M5450          | false      | 2
            """
        },
    )

    assert made.rows("member_id", "claim_id") == [("bea", "S1")]
