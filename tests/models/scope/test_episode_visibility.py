"""What of a member's care the data received can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

JUDGED = ("enrollment_complete", "drugs_visible", "is_device_history_unknown")


def visible(
    model: RunModel,
    *columns: str,
    look_back: int = 180,
    enrolled: int = 180,
    feed: int = 180,
    drugs: int = 180,
    device_history: int = 365,
    is_assumed: bool = False,
    has_eligibility: bool = True,
    has_pharmacy: bool = True,
) -> tuple[str | None, ...]:
    """Columns of an episode of which at most 10 of 180 and 20 of 365 days may be missing."""
    return model(
        "intermediate.episode_visibility",
        {
            "intermediate.enrolled_day": f"""
                episode_id | cover          | covered_days
                -----------+----------------+-----------------
                E1         | look_back      | {look_back}
                E1         | enrolled       | {enrolled}
                E1         | feed           | {feed}
                E1         | drugs          | {drugs}
                E1         | device_history | {device_history}
            """,
            "intermediate.episode_policy": """
                episode_id | lookback_days | max_gap_days
                -----------+---------------+-------------
                E1         | 180           | 10
            """,
            "policies.default_policy": """
                clean_period_days | max_gap_days
                ------------------+-------------
                365               | 20
            """,
            "staging.run": f"""
                is_enrollment_assumed | has_eligibility   | has_pharmacy_claim
                ----------------------+-------------------+-------------------
                {is_assumed}          | {has_eligibility} | {has_pharmacy}
            """,
        },
    ).row(*(columns or JUDGED))


def test_as_many_days_may_be_missing_as_the_policy_allows_and_none_more(model: RunModel) -> None:
    assert visible(model, look_back=170, drugs=170, device_history=345) == ("true", "true", "false")
    assert visible(model, look_back=169) == ("false", "true", "false")
    assert visible(model, drugs=169) == ("true", "false", "false")
    assert visible(model, device_history=344) == ("true", "true", "true")


def test_without_an_eligibility_extract_nobody_says_who_was_enrolled(model: RunModel) -> None:
    found = visible(
        *(model, "enrolled_days", *JUDGED),
        has_eligibility=False,
        look_back=0,
        enrolled=0,
        drugs=0,
        device_history=0,
    )

    assert found == (None, "false", "false", "true")


def test_where_enrolment_is_assumed_the_days_inside_the_reach_are_judged_the_same(model: RunModel) -> None:
    told = {"has_eligibility": False, "is_assumed": True}

    assert visible(model, "enrolled_days", *JUDGED, **told) == ("180", "true", "true", "false")
    assert visible(model, "enrolled_days", *JUDGED, **told, look_back=169, drugs=169, device_history=344) == (
        *("169", "false"),
        *("false", "true"),
    )


def test_drugs_cannot_be_seen_without_a_pharmacy_extract(model: RunModel) -> None:
    assert visible(model, has_pharmacy=False) == ("true", "false", "false")
    assert visible(model, has_pharmacy=False, has_eligibility=False, is_assumed=True) == ("true", "false", "false")


def test_history_was_not_delivered_where_the_reach_alone_makes_enrolment_incomplete(model: RunModel) -> None:
    def told(look_back: int, enrolled: int, *, has_eligibility: bool = True) -> str | None:
        return visible(
            *(model, "is_history_not_delivered"),
            look_back=look_back,
            enrolled=enrolled,
            has_eligibility=has_eligibility,
        )[0]

    assert told(169, 170) == "true"
    assert told(170, 170) == "false"
    assert told(169, 169) == "false"
    assert told(169, 180, has_eligibility=False) == "false"


def test_one_day_of_the_look_back_outside_the_reach_is_told(model: RunModel) -> None:
    assert visible(model, "is_look_back_outside_feed", "outside_feed_days", feed=180) == ("false", "0")
    assert visible(model, "is_look_back_outside_feed", "outside_feed_days", feed=179) == ("true", "1")
