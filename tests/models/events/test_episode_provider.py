"""Who operated, where, and who billed the implant of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


LINES = """
    member_id | claim_id | line_key | claim_type    | rendering_npi | billing_npi | facility_npi
    ----------+----------+----------+---------------+---------------+-------------+-------------
    ada       | P1       | 1        | professional  | 1002          | 2001        | 3001
    ada       | P1       | 2        | professional  | 1009          | 2001        |
    ada       | P2       | 1        | professional  | 1001          | 2002        |
    ada       | F1       | 1        | institutional | 1003          | 3002        |
    ada       | D1       | 1        | professional  | 1004          | 2009        | 3003
    ada       | X1       | 1        | professional  | 1005          | 2008        | 3008
    bea       | P1       | 1        | professional  | 1006          | 2007        | 3007
"""


def test_each_provider_is_named_once_and_in_order_and_only_of_the_claims_that_say_so(model: RunModel) -> None:
    made = model(
        "intermediate.episode_provider",
        {
            "intermediate.episode": "episode_id\nE1\nE2",
            "intermediate.counting_line": LINES,
            "intermediate.standing_line": LINES,
            "intermediate.episode_claim": """
                episode_id | member_id | claim_id | is_index_claim
                -----------+-----------+----------+---------------
                E1         | ada       | P1       | true
                E1         | ada       | P2       | true
                E1         | ada       | F1       | true
                E1         | ada       | D1       | false
            """,
            "intermediate.episode_index_line": """
                episode_id | member_id | claim_id | source_table    | source_key
                -----------+-----------+----------+-----------------+-----------
                E1         | ada       | P1       | medical_claim   | 1
                E1         | ada       | P1       | claim_procedure | 2
                E1         | ada       | P2       | medical_claim   | 1
                E1         | ada       | F1       | medical_claim   | 1
            """,
        },
    )

    assert made.rows("episode_id", "surgeon_npis", "facility_npis", "billing_npis") == [
        ("E1", "[1001, 1002]", "[3001, 3002, 3003]", "[2001, 2002, 3002]"),
        ("E2", "[]", "[]", "[]"),
    ]
