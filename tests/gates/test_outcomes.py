"""What a night found held against what the last publishes found: episodes, findings, reasons and dollars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipelines.gates import measures
from pipelines.gates.measures import hold_outcomes, left_out_with_the_audit, raise_if_broken
from pipelines.gates.profile import OUTCOME_TABLE, Measured, Profile, earlier_profiles, keep_profile
from pipelines.ground.errors import CheckFailedError
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.gates.validate import CheckResult

MEASURES = ROOT / "expectations" / "measures"
NIGHTS = 30


@pytest.fixture(autouse=True)
def _plain_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations takes its seconds in test_feed_faults."""
    monkeypatch.setattr(measures, "judge_tables", lambda *_: {})


def night(
    number: int,
    *,
    episodes: int = 400,
    flagged: int = 100,
    excluded: dict[str, int] | None = None,
    unknown: dict[str, int] | None = None,
    dollars: float | None = None,
) -> Profile:
    """What a publish found, in measures."""
    reasons = {
        "excluded_share": excluded if excluded is not None else {"red_flag": 80},
        "not_assessable_share": unknown if unknown is not None else {"medication_unknown": 40},
    }
    of_all = {
        "episodes": (episodes, max(episodes, 1)),
        "flagged_share": (flagged / max(episodes, 1), episodes),
        "flagged_dollars": (flagged * 20_000 if dollars is None else dollars, flagged),
    }
    found = [Measured(OUTCOME_TABLE, "all", "", name, *value) for name, value in of_all.items()]
    found += [
        Measured(OUTCOME_TABLE, "reason", reason, measure, count / max(episodes, 1), episodes)
        for measure, counts in reasons.items()
        for reason, count in counts.items()
    ]
    return Profile(number, f"2025-01-{number:02}", tuple(found))


def results_of(tonight: Profile, earlier: tuple[Profile, ...]) -> tuple[CheckResult, ...]:
    return hold_outcomes(tonight, earlier, catalog=ROOT, expectations=MEASURES, least_rows=1000)


def spoken(tonight: Profile, earlier: tuple[Profile, ...]) -> dict[str, str]:
    return {result.check_name: result.severity for result in results_of(tonight, earlier) if result.status == "failed"}


BEFORE = tuple(night(number) for number in range(1, 4))


@pytest.mark.parametrize(
    ("tonight", "check", "severity"),
    [
        (night(4, episodes=310, flagged=80), "episodes_moved", "warning"),
        (night(4, episodes=190, flagged=50), "episodes_broke", "critical"),
        (night(4, episodes=0, flagged=0, excluded={}, unknown={}), "episodes_broke", "critical"),
        (night(4, flagged=50), "flagged_share_moved", "warning"),
        (night(4, flagged=20), "flagged_share_broke", "critical"),
        (night(4, flagged=0), "flagged_share_broke", "critical"),
        (night(4, flagged=250), "flagged_share_rose", "critical"),
        (night(4, excluded={"red_flag": 150}), "excluded_share_moved", "warning"),
        (night(4, excluded={}), "excluded_share_moved", "warning"),
        (night(4, excluded={"red_flag": 80, "clinical_trial": 210}), "excluded_share_broke", "critical"),
        (night(4, unknown={"medication_unknown": 110}), "not_assessable_share_moved", "warning"),
        (night(4, unknown={"history_not_delivered": 370}), "not_assessable_share_broke", "critical"),
        (night(4, dollars=900_000), "flagged_dollars_moved", "warning"),
        (night(4, dollars=200_000_000), "flagged_dollars_broke", "critical"),
    ],
)
def test_a_night_that_found_something_else_is_held_or_said(tonight: Profile, check: str, severity: str) -> None:
    found = spoken(tonight, BEFORE)

    assert found.get(check) == severity
    if severity == "warning":
        assert "critical" not in found.values()
        raise_if_broken(results_of(tonight, BEFORE))
    else:
        with pytest.raises(
            CheckFailedError, match=f"(?s)what this night found .*--accept-change {OUTCOME_TABLE}.{check}"
        ):
            raise_if_broken([one for one in results_of(tonight, BEFORE) if one.check_name == check])


def test_the_reason_that_moved_is_named() -> None:
    results = results_of(night(4, excluded={"red_flag": 80, "clinical_trial": 210}), BEFORE)
    [broke] = [result for result in results if result.check_name == "excluded_share_broke"]

    assert "reason clinical_trial: 52.5% (of 400), usually 0.0%" in broke.description


def test_the_first_publish_and_one_of_few_episodes_are_held_against_nothing() -> None:
    few = night(2, episodes=49, flagged=1)

    assert {result.status for result in results_of(night(1), ())} == {"not_applicable"}
    assert {result.status for result in results_of(few, (replace(few, delivery_number=1),))} == {"not_applicable"}


def test_a_growing_audit_of_thirty_nights_says_nothing() -> None:
    nights = [
        night(
            number,
            episodes=(episodes := 120 + 12 * number),
            flagged=episodes // 4 + (-3) ** (number % 2),
            excluded={"red_flag": episodes // 5 + number % 5},
            unknown={"medication_unknown": episodes // 10 + number % 3},
        )
        for number in range(1, NIGHTS + 1)
    ]

    assert [spoken(nights[place], tuple(nights[:place])) for place in range(NIGHTS)] == [{}] * NIGHTS


def test_what_is_accepted_is_a_caveat_and_then_the_usual(tmp_path: Path) -> None:
    moved = replace(night(4, flagged=0), accepted={f"{OUTCOME_TABLE}.flagged_share": "a new policy"})
    for each in (*BEFORE, moved):
        keep_profile(tmp_path / "history", each, "outcomes")

    assert spoken(moved, BEFORE)["flagged_share_broke"] == "warning"
    assert "flagged_share_broke" not in spoken(
        night(5, flagged=0), earlier_profiles(tmp_path / "history", 5, "outcomes")
    )
    assert earlier_profiles(tmp_path / "history", 5) == ()


def test_every_check_of_outcomes_is_told_as_not_asked_where_there_is_no_audit() -> None:
    left = left_out_with_the_audit(MEASURES)

    assert {result.check_name for result in left} == {result.check_name for result in results_of(night(1), ())}
    assert all(
        result.status == "not_applicable" and "refused before the audit" in result.description for result in left
    )
