"""The prior authorizations that approve an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EPISODE = """
    episode_id | member_id | anchor_date | index_codes
    -----------+-----------+-------------+---------------
    E1         | ada       | 2025-03-01  | [63650, 63685]
"""


def test_only_approvals_valid_on_the_anchor_date_approve_both_ends_in(model: RunModel) -> None:
    made = model(
        "intermediate.episode_authorization",
        {
            "intermediate.episode": EPISODE,
            "intermediate.final_authorization": """
                member_id | authorization_id | decision           | valid_from | valid_to
                ----------+------------------+--------------------+------------+-----------
                ada       | first day        | approved           | 2025-03-01 | 2025-04-01
                ada       | last day         | partially_approved | 2025-02-01 | 2025-03-01
                ada       | too late         | approved           | 2025-03-02 |
                ada       | too early        | approved           |            | 2025-02-28
                ada       | open             | approved           |            |
                ada       | refused          | denied             |            |
                bea       | other member     | approved           |            |
            """,
            "intermediate.episode_claim": "",
            "intermediate.standing_line": "",
        },
    )

    assert made.column("authorization_id") == ["first day", "last day", "open"]


def test_an_approval_for_another_code_counts_only_where_a_claim_of_the_episode_names_it(model: RunModel) -> None:
    made = model(
        "intermediate.episode_authorization",
        {
            "intermediate.episode": EPISODE,
            "intermediate.final_authorization": """
                member_id | authorization_id | decision | hcpcs_code
                ----------+------------------+----------+-----------
                ada       | PA1              | approved | 63685
                ada       | PA2              | approved | 63688
                ada       | PA3              | approved | 63688
                ada       | PA4              | approved | 63688
            """,
            "intermediate.episode_claim": """
                episode_id | member_id | claim_id
                -----------+-----------+---------
                E1         | ada       | A1
            """,
            "intermediate.standing_line": """
                member_id | claim_id | prior_authorization_number
                ----------+----------+---------------------------
                ada       | A1       | PA3
                ada       | A1       | PA3
                ada       | A2       | PA4
                bea       | A1       | PA4
            """,
        },
    )

    assert made.column("authorization_id") == ["PA1", "PA3"]
