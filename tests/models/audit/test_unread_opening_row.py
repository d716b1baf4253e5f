"""The list of implantations that nobody could read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_newest_rows_stand_with_their_file_and_whether_they_came_right(model: RunModel) -> None:
    made = model(
        "audit.unread_opening_row",
        {
            "kept.unread_opening_row": """
                delivery_number | file_number | source_row | table_name    | member_id | claim_id | opening_code
                1               | 1           | 1          | medical_claim | old       | A        | 63650
                1               | 1           | 2          | medical_claim | old       | A        | 63685
                1               | 1           | 3          | medical_claim | bea       | B        | 63650
            """,
            "staging.candidate_identifier": "delivered_member_id | member_id\nold | ada\nbea | bea",
            "staging.medical_claim": """
                member_id | claim_id | hcpcs_code | delivery_number
                ada       | A        | 63650      | 2
                bea       | B        | 63650      | 1
            """,
            "landed.delivered_file": "delivery_number | file_number | file_name\n1 | 1 | claims.csv",
        },
    )

    assert made.in_order("source_file", "source_row", "came_right") == [
        ("claims.csv", "1", "true"),
        ("claims.csv", "2", "false"),
        ("claims.csv", "3", "false"),
    ]
