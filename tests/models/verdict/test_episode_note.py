"""The notes of an episode, which never move its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


TABLES: dict[str, dict[str, object]] = {
    "intermediate.episode": {
        "episode_kind": "trial_then_permanent",
        "event_stage": "initial",
        "is_aborted": False,
        "has_paddle_lead": False,
        "has_pending_line": False,
        "has_repeated_interim_line": False,
        "is_payment_unknown": False,
    },
    "intermediate.episode_policy": {"evidence_review": True},
    "intermediate.episode_diagnosis_scope": {
        "has_invalid_code": False,
        "has_neighbour": False,
        "diagnosis_class": "low_back_pain_only",
    },
    "intermediate.episode_visibility": {
        "enrollment_complete": True,
        "drugs_visible": True,
        "is_device_history_unknown": False,
        "is_look_back_outside_feed": False,
    },
    "intermediate.episode_exclusion": {"is_excluded": False},
    "intermediate.episode_trial_marker": {
        "has_trial_diagnosis": False,
        "has_investigational_marker": False,
        "has_trial_number": False,
        "has_any_trial_number": False,
    },
    "intermediate.episode_outcome": {"outcome": "flagged"},
    "intermediate.follow_up": {
        "first_revision_date": "",
        "first_complication_date": "",
        "is_follow_up_incomplete": False,
    },
    "staging.run": {"has_care_documentation": True},
    "intermediate.episode_history": {
        "has_supported_indication": False,
        "has_prior_spine_surgery": False,
        "has_psychological_evaluation": True,
        "has_chronic_back_pain": True,
        "has_only_passive_or_invasive_care": False,
        "has_earlier_care": False,
    },
    "intermediate.episode_care": {"documented_group_count": 0},
    "intermediate.episode_criterion": {"failure_documented": "not_met"},
}
"""The facts of an open episode of which there is nothing to note."""

OF_OPEN_EPISODES = ("intermediate.episode_history", "intermediate.episode_care", "intermediate.episode_criterion")


def noted(model: RunModel, **changes: object) -> str | None:
    """The notes of E1, of which there is nothing to note but for ``changes``; an excluded one has no care."""
    assert changes.keys() <= {column for facts in TABLES.values() for column in facts}
    given = {}
    for table, facts in TABLES.items():
        row = {name: changes.get(name, value) for name, value in facts.items()}
        key = {} if table == "staging.run" else {"episode_id": "E1"}
        row = key | row
        given[table] = " | ".join(row) + "\n" + " | ".join(map(str, row.values()))
    if changes.get("is_excluded"):
        given |= dict.fromkeys(OF_OPEN_EPISODES, "")
    return model("intermediate.episode_note", given).row("notes")[0]


NOTED: dict[str, dict[str, object]] = {
    "diagnosis_code_not_valid_on_date": {"has_invalid_code": True},
    "pending_claims": {"has_pending_line": True},
    "interim_bills_repeat_lines": {"has_repeated_interim_line": True},
    "payment_unknown": {"is_payment_unknown": True},
    "no_trial_found": {"episode_kind": "permanent_only"},
    "device_history_unknown": {"is_device_history_unknown": True},
    "paddle_lead_without_generator": {"episode_kind": "trial_only", "has_paddle_lead": True},
    "specificity_conflict": {"has_neighbour": True},
    "likely_miscoded": {"has_supported_indication": True},
    "partial_failure_documentation": {"documented_group_count": 1},
    "evidence_review": {"outcome": "documented"},
    "drugs_not_visible": {"drugs_visible": False},
    "look_back_outside_feed": {"is_look_back_outside_feed": True},
    "documentation_feed_not_supplied": {"has_care_documentation": False},
    "no_psychological_evaluation": {"has_psychological_evaluation": False},
    "not_chronic": {"has_chronic_back_pain": False},
    "only_passive_or_invasive_care": {"has_only_passive_or_invasive_care": True},
    "care_before_look_back": {"has_earlier_care": True},
    "revision_within_24_months": {"first_revision_date": "2025-09-01"},
    "complication_within_24_months": {"first_complication_date": "2025-09-01"},
    "follow_up_incomplete": {"is_follow_up_incomplete": True},
}
"""The fact that gives each note."""


def test_each_fact_gives_its_note_and_no_other(model: RunModel) -> None:
    assert noted(model) == "[]"
    for note, fact in NOTED.items():
        assert noted(model, **fact) == f"[{note}]", fact


def test_any_marker_of_a_trial_alone_and_any_earlier_surgery_is_noted(model: RunModel) -> None:
    for marker in ("has_trial_diagnosis", "has_investigational_marker", "has_any_trial_number"):
        assert noted(model, **{marker: True}) == "[trial_marker_incomplete]"
    assert noted(model, has_prior_spine_surgery=True) == "[likely_miscoded]"


def test_all_markers_of_a_trial_leave_no_note_where_a_shared_number_keeps_it_from_being_excluded(
    model: RunModel,
) -> None:
    markers = {"has_trial_diagnosis": True, "has_investigational_marker": True, "has_any_trial_number": True}

    assert noted(model, **markers, has_trial_number=True) == "[]"
    assert noted(model, **markers) == "[trial_marker_incomplete]"


def test_an_episode_without_a_class_has_no_conflict_of_diagnoses(model: RunModel) -> None:
    assert noted(model, has_neighbour=True, diagnosis_class="") == "[]"


def test_notes_stand_sorted(model: RunModel) -> None:
    assert noted(model, has_pending_line=True, is_follow_up_incomplete=True, has_earlier_care=True) == (
        "[care_before_look_back, follow_up_incomplete, pending_claims]"
    )


def test_a_fact_that_another_explains_is_not_noted(model: RunModel) -> None:
    assert noted(model, episode_kind="permanent_only", is_aborted=True) == "[]"
    assert noted(model, episode_kind="permanent_only", event_stage="replacement_or_revision") == "[]"
    assert noted(model, episode_kind="trial_only") == "[]"
    assert noted(model, episode_kind="trial_only", has_paddle_lead=True, is_aborted=True) == "[]"
    assert noted(model, episode_kind="permanent_only", has_paddle_lead=True) == "[no_trial_found]"
    assert noted(model, episode_kind="trial_only", has_paddle_lead=True, event_stage="replacement_or_revision") == "[]"
    assert noted(model, documented_group_count=1, failure_documented="met") == "[]"
    assert noted(model, outcome="documented", evidence_review=False) == "[]"
    assert noted(model, has_chronic_back_pain=False, enrollment_complete=False) == "[]"


def test_an_excluded_episode_keeps_only_the_notes_on_its_claims(model: RunModel) -> None:
    assert (
        noted(
            model,
            is_excluded=True,
            has_neighbour=True,
            has_trial_diagnosis=True,
            drugs_visible=False,
            is_look_back_outside_feed=True,
            has_care_documentation=False,
            first_revision_date="2025-09-01",
            first_complication_date="2025-09-01",
            is_follow_up_incomplete=True,
        )
        == "[]"
    )
    assert noted(model, is_excluded=True, has_invalid_code=True) == "[diagnosis_code_not_valid_on_date]"
    assert noted(model, is_excluded=True, has_repeated_interim_line=True) == "[interim_bills_repeat_lines]"
    assert noted(model, is_excluded=True, is_payment_unknown=True) == "[payment_unknown]"
