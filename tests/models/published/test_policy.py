"""The published policies, a row a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_parameter_stands_with_the_version_and_title_of_its_policy(published: RunModel) -> None:
    made = published(
        "policy",
        {
            "policies.policy": """
                policy_id | policy_version | title
                ----------+----------------+--------
                default   | 1.0.0          | Default
                strict    | 2.0.0          | Strict
            """,
            "policies.parameter": """
                policy_id | parameter  | value | unit   | reason
                ----------+------------+-------+--------+---------
                default   | min_groups | 2     | groups | A reason
                strict    | min_groups | 3     | groups | Another
            """,
        },
    )

    assert made.rows(*made.columns) == [
        ("default", "1.0.0", "Default", "min_groups", "2", "groups", "A reason"),
        ("strict", "2.0.0", "Strict", "min_groups", "3", "groups", "Another"),
    ]
