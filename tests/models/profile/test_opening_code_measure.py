"""The share of each code that opens a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

CODES = """
    code    | code_system | opens_event | effective_start | effective_end
    --------+-------------+-------------+-----------------+--------------
    63650   | cpt         | yes         |                 | 2025-06-30
    63655   | cpt         | yes         | 2025-06-30      |
    63655   | cpt         | yes         |                 |
    64555   | cpt         | yes         |                 |
    0784T   | cpt         | yes         | 2025-07-01      |
    63660   | cpt         | yes         |                 | 2025-06-29
    95972   | cpt         | no          |                 |
    00HU3MZ | icd-10-pcs  | yes         |                 |
"""


def test_each_valid_code_has_its_share_and_one_that_no_line_has_0(published: RunModel) -> None:
    made = published(
        "opening_code_measure",
        {
            "value_sets.index_procedures": CODES,
            "audit.run": "as_of_date\n2025-06-30",
            "audit.delivered_medical_claim": "hcpcs_code\n63650\n63650\n63650\n63655\n63660\n97110\n95972\n",
        },
    )

    assert {
        (kind, segment, measure): (float(value or 0), rows)
        for kind, segment, measure, value, rows in made.rows("segment_kind", "segment", "measure", "value", "row_count")
    } == {
        ("code", "63650", "opening_code_share"): (0.75, "4"),
        ("code", "63655", "opening_code_share"): (0.25, "4"),
        ("code", "64555", "opening_code_share"): (0.0, "4"),
        ("all", "", "top_code_share"): (0.75, "4"),
    }
