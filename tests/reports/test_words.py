"""The words of the reports: why an episode is flagged, in one line."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pipelines.reports.words import NOTES, WHY_LENGTH, completeness, short_reason

NAMES = ("exercise_course", "enough_groups", "care_span", "failure_documented", "adequate_care")
ASKED = {"exercise_course": 6, "enough_groups": 2, "care_span": 182, "failure_documented": 2, "adequate_care": 3}


def criterion(name: str, result: str, observed: float = 0, asked: float | None = None) -> dict[str, Any]:
    return {
        "criterion": name,
        "result": result,
        "observed_value": observed,
        "threshold_value": ASKED[name] if asked is None else asked,
    }


def review(reason: str = "conservative_care_too_short", *notes: str) -> dict[str, Any]:
    return {"outcome_reason": reason, "notes": list(notes)}


@pytest.mark.parametrize(
    ("criteria", "notes", "expected"),
    [
        ([("exercise_course", "not_met", 0)], [], "0 exercise dates (6 asked)"),
        ([("exercise_course", "not_met", 1)], [], "1 exercise date (6 asked)"),
        ([("exercise_course", "not_met", 8)], [], "8 exercise dates in too few days"),
        ([("exercise_course", "cannot_tell", 0)], [], "Exercise course: cannot tell"),
        ([("enough_groups", "not_met", 1)], [], "1 adequate group (2 asked)"),
        ([("enough_groups", "cannot_tell", 0)], [], "Kinds of care: cannot tell"),
        ([("care_span", "not_met", 90)], [], "Care spans 90 days (182 asked)"),
        ([("care_span", "cannot_tell", 0)], [], "Span of care: cannot tell"),
        ([("failure_documented", "not_met", 0)], [], "No failure statement"),
        ([("failure_documented", "not_met", 1)], [], "Failure statements for too few groups"),
        ([("failure_documented", "not_met", 2)], [], "No failure statement for exercise"),
        ([("failure_documented", "cannot_tell", 0)], [], "No documentation delivered"),
        ([("failure_documented", "not_met", 0)], ["documentation_feed_not_supplied"], "No documentation delivered"),
        ([("exercise_course", "met", 9), ("adequate_care", "not_met", 1)], [], "Conservative care too short"),
        ([("care_span", "not_met", 1)], ["revision_within_24_months"],
         "Care spans 1 day (182 asked); revision within 24 months"),
    ],
)  # fmt: skip
def test_a_reason_says_what_each_open_criterion_found(
    criteria: list[tuple[str, str, float]], notes: list[str], expected: str
) -> None:
    assert short_reason(review("conservative_care_too_short", *notes), [criterion(*each) for each in criteria]) == (
        expected
    )


def test_where_no_care_was_found_the_reason_says_so_once() -> None:
    criteria = [criterion(name, "not_met") for name in NAMES]

    assert short_reason(review("no_conservative_care_found"), criteria) == (
        "No conservative care found; no failure statement"
    )


def test_no_reason_is_longer_than_120_characters_and_documentation_and_exercise_are_never_left_out() -> None:
    results = product(["met", "not_met", "cannot_tell"], repeat=4)
    for each, observed, notes in product(results, [0, 1, 99_999], [(), tuple(NOTES)]):
        criteria = [criterion(name, result, observed, 100_000) for name, result in zip(NAMES[:4], each, strict=True)]
        said = short_reason(review("conservative_care_too_short", *notes), criteria)

        assert len(said) <= WHY_LENGTH
        assert ("xercise" in said) == (each[0] != "met")
        assert (each[3] == "met") != ("statement" in said or "documentation" in said)


def test_what_the_data_do_not_show_is_said_in_one_way() -> None:
    whole = {
        "outcome_reason": "no_conservative_care_found",
        "enrollment_complete": True,
        "drugs_visible": True,
        "prior_authorization_state": "none_found",
        "notes": [],
    }
    nothing = {
        "outcome_reason": "insufficient_enrollment",
        "enrollment_complete": False,
        "drugs_visible": False,
        "prior_authorization_state": "feed_not_supplied",
        "notes": ["documentation_feed_not_supplied"],
    }

    assert completeness(whole) == ("Full", "")
    assert completeness(whole | {"drugs_visible": False}) == ("Partial", "drug fills not visible")
    assert completeness(nothing) == (
        "Partial",
        "enrolment gap, drug fills not visible, prior authorizations not supplied, care documentation not supplied",
    )
    not_delivered = {
        "outcome_reason": "history_not_delivered",
        "enrollment_complete": False,
        "notes": ["look_back_outside_feed"],
    }
    assert completeness(whole | not_delivered) == ("Partial", "claims history not delivered")
    assert completeness(whole | {"notes": ["payment_unknown"]}) == ("Partial", "payment unknown")
    assert completeness(whole | {"outcome_reason": "claim_number_shared"}) == (
        "Partial",
        "claim number shared by members",
    )
