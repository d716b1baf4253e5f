"""Which members have rows landed since the publish before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


TABLES = (
    *("staging.medical_claim", "staging.claim_diagnosis", "staging.pharmacy_claim", "staging.eligibility"),
    *("staging.prior_authorization", "staging.care_documentation", "intermediate.claim_line_version"),
)


def news(model: RunModel, newest: str = "1", **tables: str) -> list[tuple[str | None, ...]]:
    """Member and whether an adjustment landed since delivery 1, with the tables given by their last name."""
    given = {table: tables.pop(table.split(".")[1], "") for table in TABLES}
    assert not tables
    return model(
        "history.member_news",
        given | {"run_facts.publish_before": f"newest_delivery_number\n{newest}"},
    ).in_order("member_id", "has_adjustment")


def test_only_rows_of_later_deliveries_are_news(model: RunModel) -> None:
    rows = "member_id | delivery_number | version_count\nada | 1 | 2\nbea | 2 | 1\ncid | 3 | 1"

    assert news(model, claim_line_version=rows) == [("bea", "false"), ("cid", "false")]
    assert news(model, newest="3", claim_line_version=rows) == []
    assert news(model, newest="", claim_line_version=rows) == []


def test_each_sign_of_an_adjusted_line_makes_it_an_adjustment(model: RunModel) -> None:
    assert news(
        model,
        claim_line_version="""
            member_id | delivery_number | version_count | claim_frequency_code | claim_status | paid_amount
            ----------+-----------------+---------------+----------------------+--------------+------------
            again     | 2               | 2             |                      |              |
            free      | 2               | 1             | 1                    | paid         | 0.00
            negative  | 2               | 1             |                      |              | -0.01
            replaced  | 2               | 1             | 7                    |              |
            reversed  | 2               | 1             |                      | reversed     |
            unpaid    | 2               | 1             |                      |              |
            voided    | 2               | 1             | 8                    |              |
        """,
    ) == [
        ("again", "true"),
        ("free", "false"),
        ("negative", "true"),
        ("replaced", "true"),
        ("reversed", "true"),
        ("unpaid", "false"),
        ("voided", "true"),
    ]


def test_a_diagnosis_is_an_adjustment_when_its_rank_was_delivered_before(model: RunModel) -> None:
    assert news(
        model,
        medical_claim="claim_id | member_id\nA1 | ada\nA1 | ada\nB1 | bea",
        claim_diagnosis="""
            claim_id | diagnosis_rank | delivery_number
            ---------+----------------+----------------
            A1       | 1              | 1
            A1       | 1              | 2
            B1       | 1              | 1
            B1       | 2              | 2
        """,
    ) == [("ada", "true"), ("bea", "false")]


def test_a_diagnosis_that_names_its_member_is_news_of_that_member_alone(model: RunModel) -> None:
    assert news(
        model,
        medical_claim="claim_id | member_id\nS1 | ada\nS1 | bea",
        claim_diagnosis="""
            claim_id | member_id | diagnosis_rank | delivery_number
            ---------+-----------+----------------+----------------
            S1       |           | 1              | 1
            S1       | ada       | 1              | 2
        """,
    ) == [("ada", "true")]


def test_fills_adjust_when_they_take_back_and_the_other_extracts_never_do(model: RunModel) -> None:
    other = "member_id | delivery_number\n{0} | 2"

    assert news(
        model,
        pharmacy_claim="""
            member_id | delivery_number | claim_status | days_supply
            ----------+-----------------+--------------+------------
            fill      | 2               |              | 0
            negative  | 2               |              | -1
            reversed  | 2               | reversed     | 0
        """,
        eligibility=other.format("enrolled"),
        prior_authorization=other.format("asked"),
        care_documentation=other.format("told"),
    ) == [
        ("asked", "false"),
        ("enrolled", "false"),
        ("fill", "false"),
        ("negative", "true"),
        ("reversed", "true"),
        ("told", "false"),
    ]
