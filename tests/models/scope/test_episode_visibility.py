"""What of a member's care the data received can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def visible(
    model: RunModel, *, days: tuple[int, int, int], run: tuple[bool, bool, bool] = (False, True, True)
) -> tuple[str | None, ...]:
    """Enrolment complete, drugs visible and device history unknown, at most 10 of 180 and of 365 days missing."""
    look_back, drugs, device_history = days
    is_assumed, has_eligibility, has_pharmacy = run
    return model(
        "intermediate.episode_visibility",
        {
            "intermediate.enrolled_day": f"""
                episode_id | cover          | enrolled_days
                -----------+----------------+-----------------
                E1         | look_back      | {look_back}
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
    ).row("enrollment_complete", "drugs_visible", "is_device_history_unknown")


def test_as_many_days_may_be_missing_as_the_policy_allows_and_none_more(model: RunModel) -> None:
    assert visible(model, days=(170, 170, 345)) == ("true", "true", "false")
    assert visible(model, days=(169, 170, 345)) == ("false", "true", "false")
    assert visible(model, days=(170, 169, 345)) == ("true", "false", "false")
    assert visible(model, days=(170, 170, 344)) == ("true", "true", "true")


def test_without_an_eligibility_extract_nothing_is_known_unless_enrolment_is_assumed(model: RunModel) -> None:
    assert visible(model, days=(180, 180, 365), run=(False, False, True)) == ("false", "false", "false")
    assert visible(model, days=(0, 0, 0), run=(True, False, True)) == ("true", "true", "false")


def test_drugs_cannot_be_seen_without_a_pharmacy_extract(model: RunModel) -> None:
    assert visible(model, days=(180, 180, 365), run=(False, True, False)) == ("true", "false", "false")
    assert visible(model, days=(0, 0, 0), run=(True, False, False)) == ("true", "false", "false")
