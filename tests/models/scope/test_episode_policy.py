"""The policy that governs an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


POLICIES = """
    policy_id | policy_version | effective_from | effective_to | min_groups
    ----------+----------------+----------------+--------------+-----------
    default   | 1.0.0          | 0001-01-01     | 9999-12-31   | 2
    medicare  | 2.0.0          | 2025-03-01     | 2025-03-31   | 3
"""


def given(spans: str, anchor_date: str = "2025-03-01") -> dict[str, str]:
    """The tables of one episode of ada, whose claims name lines of business, with the enrolment spans given."""
    return {
        "intermediate.episode": f"""
            episode_id | member_id | anchor_date
            -----------+-----------+--------------
            E1         | ada       | {anchor_date}
        """,
        "intermediate.enrollment_span": spans,
        "intermediate.episode_claim": """
            episode_id | member_id | claim_id
            -----------+-----------+---------
            E1         | ada       | A1
            E1         | ada       | A2
            E1         | ada       | A3
        """,
        "intermediate.claim": """
            member_id | claim_id | claim_date | line_of_business
            ----------+----------+------------+-----------------
            ada       | A3       | 2025-03-01 | Medicare - FFS
            ada       | A2       | 2025-03-01 | medicaid
            ada       | A1       | 2025-03-02 | commercial
            bea       | A1       | 2025-01-01 | other
        """,
        "policies.line_of_business_policy": """
            line_of_business | policy_id
            -----------------+----------
            medicare_ffs     | medicare
        """,
        "policies.policy": POLICIES,
        "policies.fallback_policy": """
            policy_id
            ---------
            default
        """,
    }


def test_the_span_that_covers_the_anchor_and_starts_last_names_the_line_of_business(model: RunModel) -> None:
    made = model(
        "intermediate.episode_policy",
        given("""
            member_id | enrollment_start_date | enrollment_end_date | line_of_business
            ----------+-----------------------+---------------------+-----------------
            ada       | 2020-01-01            | 2025-03-01          | alpha
            ada       | 2025-03-01            | 2025-12-31          | charlie
            ada       | 2025-03-01            | 2025-12-31          | Medicare - FFS
            ada       | 2025-03-01            | 2025-12-31          | bravo
            ada       | 2025-03-02            | 2025-12-31          | delta
            ada       | 2020-01-01            | 2025-02-28          | echo
            bea       | 2025-03-01            | 2025-12-31          | aardvark
        """),
    )

    assert made.row("line_of_business", "policy_id") == ("Medicare - FFS", "medicare")


def test_without_a_span_that_names_one_the_first_claim_by_date_and_identifier_does(model: RunModel) -> None:
    made = model(
        "intermediate.episode_policy",
        given("""
            member_id | enrollment_start_date | enrollment_end_date | line_of_business
            ----------+-----------------------+---------------------+-----------------
            ada       | 2020-01-01            | 2025-12-31          |
            ada       | 2020-01-01            | 2025-02-28          | echo
        """),
    )

    assert made.row("line_of_business", "policy_id", "min_groups") == ("medicaid", "default", "2")


def test_an_assigned_policy_governs_from_its_first_to_its_last_day_else_the_fallback(model: RunModel) -> None:
    def policy_on(anchor_date: str) -> str | None:
        span = """
            member_id | enrollment_start_date | enrollment_end_date | line_of_business
            ----------+-----------------------+---------------------+-----------------
            ada       | 2020-01-01            | 2030-12-31          | medicare FFS
        """
        return model("intermediate.episode_policy", given(span, anchor_date)).row("policy_id")[0]

    assert policy_on("2025-02-28") == "default"
    assert policy_on("2025-03-01") == "medicare"
    assert policy_on("2025-03-31") == "medicare"
    assert policy_on("2025-04-01") == "default"


def test_a_span_covers_the_anchor_on_its_last_day(model: RunModel) -> None:
    made = model(
        "intermediate.episode_policy",
        given("""
            member_id | enrollment_start_date | enrollment_end_date | line_of_business
            ----------+-----------------------+---------------------+-----------------
            ada       | 2020-01-01            | 2025-03-01          | alpha
            ada       | 2021-01-01            | 2025-02-28          | bravo
        """),
    )

    assert made.row("line_of_business") == ("alpha",)


def test_an_episode_for_which_nothing_names_a_line_of_business_has_the_fallback(model: RunModel) -> None:
    made = model(
        "intermediate.episode_policy", given("") | {"intermediate.episode_claim": "", "intermediate.claim": ""}
    )

    assert made.row("line_of_business", "policy_id") == (None, "default")
