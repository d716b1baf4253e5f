"""Which claims count, and what settled the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def test_each_state_is_the_first_that_holds(model: RunModel) -> None:
    made = model(
        "intermediate.claim_final_state",
        {
            "intermediate.claim_version": """
                member_id | claim_id | claim_frequency_code | is_acting | is_pending_request | is_reversed_whole | paid_count | pending_count
                ----------+----------+----------------------+-----------+--------------------+-------------------+------------+--------------
                ada       | void     | 8                    | true      | false              | true              | 1          | 0
                ada       | ring     | 7                    | true      | true               | true              | 1          | 0
                ada       | waiting  | 7                    | false     | true               | true              | 0          | 1
                ada       | voided   |                      | false     | false              | true              | 1          | 0
                ada       | replaced |                      | false     | false              | true              | 1          | 0
                ada       | reversed |                      | false     | false              | true              | 0          | 0
                ada       | unpaid   |                      | false     | false              | false             | 0          | 0
                ada       | paid     |                      | false     | false              | false             | 1          | 1
                ada       | pending  |                      | false     | false              | false             | 0          | 1
                ada       | newer    | 7                    | true      | false              | false             | 1          | 0
            """,
            "intermediate.claim_ancestor": """
                member_id | claim_id | ancestor_claim_id
                ----------+----------+------------------
                ada       | ring     | ring
                ada       | newer    | voided
                ada       | newer    | replaced
                ada       | newer    | waiting
                ada       | waiting  | paid
                ada       | void     | pending
            """,
            "intermediate.claim_original": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_in_data
                ----------+----------+----------------------+-------------------+-----------
                ada       | void     | 8                    | voided            | true
            """,
        },
    )

    assert made.rows("claim_id", "final_state", "settled_by_claim_id") == [
        ("newer", "counts", None),
        ("paid", "counts", None),
        ("pending", "counts", None),
        ("replaced", "superseded", "newer"),
        ("reversed", "reversed", None),
        ("ring", "in_ring", None),
        ("unpaid", "not_paid", None),
        ("void", "void_request", None),
        ("voided", "voided", "void"),
        ("waiting", "pending_request", "newer"),
    ]


def test_of_two_live_replacements_the_one_paid_later_counts_and_a_missing_date_is_earliest(model: RunModel) -> None:
    made = model(
        "intermediate.claim_final_state",
        {
            "intermediate.claim_version": """
                member_id | claim_id | claim_frequency_code | is_acting | is_pending_request | is_reversed_whole | paid_count | pending_count | latest_paid_date
                ----------+----------+----------------------+-----------+--------------------+-------------------+------------+---------------+-----------------
                ada       | A0       |                      | false     | false              | false             | 1          | 0             | 2026-01-01
                ada       | A1       | 7                    | true      | false              | false             | 1          | 0             | 2026-01-03
                ada       | A2       | 7                    | true      | false              | false             | 1          | 0             | 2026-01-02
                ada       | A3       | 7                    | true      | false              | false             | 1          | 0             |
                ada       | B0       |                      | false     | false              | false             | 1          | 0             | 2026-01-01
                ada       | B1       | 7                    | true      | false              | false             | 1          | 0             | 2026-01-02
                ada       | B2       | 7                    | true      | false              | false             | 1          | 0             | 2026-01-02
            """,
            "intermediate.claim_ancestor": """
                member_id | claim_id | ancestor_claim_id
                ----------+----------+------------------
                ada       | A1       | A0
                ada       | A2       | A0
                ada       | A3       | A0
                ada       | B1       | B0
                ada       | B2       | B0
            """,
            "intermediate.claim_original": "",
        },
    )

    assert made.rows("claim_id", "final_state", "settled_by_claim_id") == [
        ("A0", "superseded", "A3"),
        ("A1", "counts", None),
        ("A2", "outranked", "A1"),
        ("A3", "outranked", "A1"),
        ("B0", "superseded", "B2"),
        ("B1", "outranked", "B2"),
        ("B2", "counts", None),
    ]


def test_a_replacement_or_void_that_does_not_act_settles_nothing(model: RunModel) -> None:
    made = model(
        "intermediate.claim_final_state",
        {
            "intermediate.claim_version": """
                member_id | claim_id | claim_frequency_code | is_acting | is_pending_request | is_reversed_whole | paid_count | pending_count
                ----------+----------+----------------------+-----------+--------------------+-------------------+------------+--------------
                ada       | A1       |                      | false     | false              | false             | 1          | 0
                ada       | A2       | 7                    | false     | false              | false             | 0          | 0
                ada       | A3       | 8                    | false     | false              | false             | 0          | 0
                ada       | A4       | 8                    | true      | false              | false             | 1          | 0
            """,
            "intermediate.claim_ancestor": """
                member_id | claim_id | ancestor_claim_id
                ----------+----------+------------------
                ada       | A2       | A1
            """,
            "intermediate.claim_original": """
                member_id | claim_id | claim_frequency_code | original_claim_id | is_in_data
                ----------+----------+----------------------+-------------------+-----------
                ada       | A3       | 8                    | A1                | true
                ada       | A4       | 8                    | A1                | false
            """,
        },
    )

    assert made.rows("claim_id", "final_state", "settled_by_claim_id") == [
        ("A1", "counts", None),
        ("A2", "not_paid", None),
        ("A3", "void_request", None),
        ("A4", "void_request", None),
    ]
