"""The outcome of an episode and the reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def judged(
    model: RunModel,
    adequate_care: str,
    failure_documented: str,
    *,
    service_count: int = 3,
    documented_group_count: int = 0,
    enrollment_complete: bool = True,
    is_history_not_delivered: bool = False,
    has_shared_claim: bool = False,
) -> tuple[str | None, ...]:
    """Outcome and reason of an open episode with these results."""
    return model(
        "intermediate.episode_outcome",
        {
            "intermediate.episode": f"episode_id | has_shared_claim\nE1 | {has_shared_claim}",
            "intermediate.episode_exclusion": "episode_id | is_excluded | exclusion_reasons\nE1 | false | []",
            "intermediate.episode_visibility": (
                "episode_id | enrollment_complete | is_history_not_delivered\n"
                f"E1 | {enrollment_complete} | {is_history_not_delivered}"
            ),
            "intermediate.episode_criterion": (
                f"episode_id | adequate_care | failure_documented\nE1 | {adequate_care} | {failure_documented}"
            ),
            "intermediate.episode_care": (
                f"episode_id | service_count | documented_group_count\nE1 | {service_count} | {documented_group_count}"
            ),
        },
    ).row("outcome", "outcome_reason")


def test_an_excluded_episode_gives_its_first_reason(model: RunModel) -> None:
    made = model(
        "intermediate.episode_outcome",
        {
            "intermediate.episode_exclusion": """
                episode_id | is_excluded | exclusion_reasons
                -----------+-------------+-----------------------------
                E1         | true        | [red_flag, other_indication]
            """,
            "intermediate.episode": "episode_id | has_shared_claim\nE1 | false",
            "intermediate.episode_visibility": "episode_id\nE1",
            "intermediate.episode_criterion": "",
            "intermediate.episode_care": "",
        },
    )

    assert made.row("outcome", "outcome_reason") == ("excluded", "red_flag")


def test_documented_failure_comes_before_what_care_was_found(model: RunModel) -> None:
    for adequate_care in ("met", "not_met", "cannot_tell"):
        assert judged(model, adequate_care, "met") == ("documented", "failure_documented")


def test_enough_care_without_documents_is_flagged_or_waits_for_the_feed(model: RunModel) -> None:
    assert judged(model, "met", "not_met") == ("flagged", "failure_not_documented")
    assert judged(model, "met", "cannot_tell") == ("not_assessable", "documentation_not_supplied")


def test_too_little_care_is_flagged_and_none_at_all_has_a_reason_of_its_own(model: RunModel) -> None:
    assert judged(model, "not_met", "not_met") == ("flagged", "conservative_care_too_short")
    assert judged(model, "not_met", "cannot_tell") == ("flagged", "conservative_care_too_short")
    assert judged(model, "not_met", "not_met", service_count=0) == ("flagged", "no_conservative_care_found")
    assert judged(model, "not_met", "not_met", service_count=0, documented_group_count=1) == (
        "flagged",
        "conservative_care_too_short",
    )


def test_what_cannot_be_told_lacks_enrolment_else_drugs(model: RunModel) -> None:
    assert judged(model, "cannot_tell", "not_met", enrollment_complete=False) == (
        "not_assessable",
        "insufficient_enrollment",
    )
    assert judged(model, "cannot_tell", "not_met") == ("not_assessable", "medication_unknown")


def test_history_that_was_not_delivered_is_told_before_too_short_an_enrolment(model: RunModel) -> None:
    told = {"enrollment_complete": False, "is_history_not_delivered": True}

    assert judged(model, "cannot_tell", "not_met", **told) == ("not_assessable", "history_not_delivered")
    assert judged(model, "not_met", "not_met", **told) == ("flagged", "conservative_care_too_short")
    assert judged(model, "met", "not_met", **told) == ("flagged", "failure_not_documented")


def test_a_claim_number_shared_by_members_comes_before_everything_else(model: RunModel) -> None:
    for failure_documented in ("met", "not_met", "cannot_tell"):
        assert judged(model, "met", failure_documented, has_shared_claim=True) == (
            "not_assessable",
            "claim_number_shared",
        )
