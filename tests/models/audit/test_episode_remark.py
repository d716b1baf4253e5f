"""What touches an episode: mended, doubtful and set-aside rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EMPTY = dict.fromkeys(
    (
        "intermediate.value_remark",
        "intermediate.check_remark",
        "intermediate.claim_remark",
        "intermediate.member_remark",
        "intermediate.set_aside_remark",
    ),
    "",
) | {
    "intermediate.episode_index_line": "episode_id | delivery_number\nE1 | 1\nE2 | 2",
    "landed.delivered_file": """
        delivery_number | file_number | file_name  | fate
        1               | 1           | old.csv    | landed
        2               | 1           | new.csv    | landed
        3               | 1           | again.csv  | already_landed
    """,
}
HEAD = "episode_id | remark | source_table | delivery_number | file_number | source_row\n"


def test_each_remark_has_its_kind_its_sentence_and_its_row(model: RunModel) -> None:
    made = model(
        "audit.episode_remark",
        EMPTY
        | {
            "intermediate.value_remark": HEAD + "E1 | blank_is_zero | medical_claim | 1 | 1 | 4",
            "intermediate.check_remark": "episode_id | remark | source_table | description\nE1 | paid_date_not_after_run | medical_claim | No paid date lies after the run date.",
            "intermediate.set_aside_remark": HEAD + "E1 | out_of_range | pharmacy_claim | 2 | 1 | 9",
        },
    )

    assert made.in_order("remark_kind", "remark", "source_file", "source_row") == [
        ("doubtful", "paid_date_not_after_run", None, None),
        ("repaired", "blank_is_zero", "old.csv", "4"),
        ("set_aside", "out_of_range", "new.csv", "9"),
    ]
    assert made.in_order("remark_text")[:2] == [
        ("A check of the delivery asks: No paid date lies after the run date. This row fails it.",),
        ("A paid amount was blank and is taken as 0.",),
    ]


def test_a_remark_is_new_where_the_newest_delivery_brought_its_row_or_the_case(model: RunModel) -> None:
    rows = "E1 | not_ascii | medical_claim | 1 | 1 | 1\nE1 | not_ascii | medical_claim | 2 | 1 | 2\nE2 | not_ascii | medical_claim | 1 | 1 | 3\nE2 | not_ascii | medical_claim |  |  | 4"

    made = model("audit.episode_remark", EMPTY | {"intermediate.value_remark": HEAD + rows})

    assert made.rows("source_row", "is_new") == [("1", "false"), ("2", "true"), ("3", "true"), ("4", "true")]
