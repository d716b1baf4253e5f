"""What each delivery held of the claims of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_lines_are_counted_by_delivery_under_the_member_of_now(model: RunModel) -> None:
    made = model(
        "staging.delivered_claim",
        {
            "kept.medical_claim": """
                member_id | claim_id | claim_line_number | claim_line_start_date | delivery_number | file_number | source_row
                old       | C        | 1                 | 2024-05-02            | 1               | 1           | 4
                old       | C        | 01                | 2024-05-01            | 1               | 1           | 5
                ada       | C        | 2                 | 2024-05-03            | 1               | 1           | 3
                ada       | C        | 2                 | 2024-05-03            | 2               | 1           | 9
                bea       | D        | 1                 | 2024-05-03            | 1               | 1           | 1
            """,
            "staging.candidate_identifier": "delivered_member_id | member_id\nada | ada\nold | ada",
        },
    )

    assert made.rows(
        "member_id",
        "claim_id",
        "delivery_number",
        "line_count",
        "first_service_date",
        "last_service_date",
        "first_place",
    ) == [
        ("ada", "C", "1", "2", "2024-05-01", "2024-05-03", "{'file_number': 1, 'source_row': 3}"),
        ("ada", "C", "2", "1", "2024-05-03", "2024-05-03", "{'file_number': 1, 'source_row': 9}"),
    ]
