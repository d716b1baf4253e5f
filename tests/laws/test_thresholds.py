"""Asking for less care never finds more episodes short of it, and more tolerance of gaps only settles what was open.

But for one: where drugs nobody could see are enough under the lower number, a span that is too short is so for certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.laws.population import SETTINGS, Judged, drugs_came_to_light, judged, policies_asking_less, population
from tests.support.product import Table, audit_tables, judge_landed

if TYPE_CHECKING:
    from pipelines.rule.vocabulary import ParameterValue

pytestmark = pytest.mark.long

LACKS_CARE = ("no_conservative_care_found", "conservative_care_too_short")
STATE = {"none": 0, "unknown": 0, "short": 1, "adequate": 2}

RELAXED: dict[str, dict[str, ParameterValue]] = {
    "exercise dates": {"exercise_min_dates": 4},
    "exercise span": {"exercise_min_span_days": 21},
    "exercise gaps": {"exercise_max_gap_days": 90},
    "manipulation": {"manipulation_min_dates": 4, "manipulation_window_days": 120},
    "psychological": {"psychological_min_sessions": 1, "psychological_min_span_days": 0},
    "interdisciplinary": {"interdisciplinary_min_hours": 8, "interdisciplinary_max_hours_per_day": 24},
    "medication": {"medication_min_classes": 1, "medication_min_days": 14},
    "groups": {"min_groups": 1},
    "exercise among them": {"must_have_exercise": False},
    "span": {"min_total_span_days": 60},
    "back code": {"spine_diagnosis_required": False},
}

FIRST_ASKED = frozenset({"exercise gaps", "medication", "groups", "span"})
"""One threshold of each kind (how much, how often, how many of them, how long); the soak asks the others."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Members of this module alone, for they are judged again and again."""
    return judged(population(seed=5504, count=200), tmp_path_factory.mktemp("own"))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FIRST_ASKED else pytest.mark.soak) for name in RELAXED]
)
def test_a_lower_threshold_of_care_never_finds_more_episodes_short_of_care(own: Judged, name: str) -> None:
    relaxed = _judged_with(own, **RELAXED[name])

    for key, row in own.tables["episode_review"].items():
        now = relaxed["episode_review"][key]
        came_to_light = now["outcome"] != "excluded" and drugs_came_to_light(key[0], own.tables, relaxed)
        if now["outcome_reason"] in LACKS_CARE:
            before = (*LACKS_CARE, "medication_unknown") if came_to_light else LACKS_CARE
            assert row["outcome_reason"] in before, key
        elif now["outcome"] == "flagged" and row["outcome"] != "flagged":
            # Care is enough now, and nobody recorded that it failed.
            assert row["outcome"] == "not_assessable", key
            assert now["outcome_reason"] == "failure_not_documented", key
    for key, row in own.tables["care_group_state"].items():
        now = relaxed["care_group_state"][key]
        assert STATE[str(now["state"])] >= STATE[str(row["state"])], key
    assert relaxed["care_group_state"] != own.tables["care_group_state"] or (
        relaxed["criterion_result"] != own.tables["criterion_result"]
    )


@pytest.mark.parametrize("gap_days", [46, pytest.param(120, marks=pytest.mark.soak), 365])
def test_a_wider_enrolment_tolerance_only_settles_what_was_not_assessable(own: Judged, gap_days: int) -> None:
    wider = _judged_with(own, max_gap_days=gap_days)

    moved = 0
    for key, row in own.tables["episode_review"].items():
        now = wider["episode_review"][key]
        assert now["enrollment_complete"] or not row["enrollment_complete"], key
        if (now["outcome"], now["outcome_reason"]) != (row["outcome"], row["outcome_reason"]):
            assert row["outcome"] == "not_assessable", key
            moved += 1
    assert moved > 0


def _judged_with(own: Judged, **values: ParameterValue) -> dict[str, Table]:
    return audit_tables(judge_landed(own.connection, SETTINGS, policies=policies_asking_less(**values)))
