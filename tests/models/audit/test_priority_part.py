"""The parts of the priority of a flagged episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


POLICY = {
    "priority_no_conservative_care_found": "40",
    "priority_conservative_care_too_short": "30",
    "priority_failure_not_documented": "20",
    "priority_low_back_pain_only": "15",
    "priority_low_back_pain_with_neighbour": "5",
    "priority_dollars": "20",
    "priority_dollars_reference": "99999",
    "priority_enrollment_complete": "4",
    "priority_drugs_visible": "2",
    "priority_authorization_supplied": "1",
    "priority_revision": "7",
    "priority_complication": "8",
    "priority_miscoded_factor": "0.5",
}
FACTS = {
    "intermediate.episode": {"paid_amount": "0", "allowed_amount": "0", "is_payment_unknown": "false"},
    "intermediate.episode_policy": POLICY,
    "intermediate.episode_outcome": {"outcome": "flagged", "outcome_reason": "no_conservative_care_found"},
    "intermediate.episode_diagnosis_scope": {"diagnosis_class": "low_back_pain_only"},
    "intermediate.episode_visibility": {"enrollment_complete": "false", "drugs_visible": "false"},
    "intermediate.episode_note": {"notes": "[]"},
}


def points(model: RunModel, *, has_prior_authorization: str = "false", **changes: str) -> dict[str | None, str | None]:
    """The points of each part of E1, but for ``changes``."""
    given = {}
    for table, facts in FACTS.items():
        row = {"episode_id": "E1"} | {name: changes.get(name, value) for name, value in facts.items()}
        given[table] = " | ".join(row) + "\n" + " | ".join(row.values())
    run = f"has_eligibility | has_prior_authorization\ntrue | {has_prior_authorization}"
    made = model("audit.priority_part", given | {"staging.run": run})
    return {row[0]: row[1] for row in made.rows("part", "points")}


def test_a_flagged_episode_has_every_part_and_another_none(model: RunModel) -> None:
    assert points(model) == {
        "reason": "40.0",
        "diagnosis": "15.0",
        "dollars": "0.0",
        "completeness": "0.0",
        "harm": "0.0",
        "miscoded": "0.0",
    }
    assert points(model, outcome="documented") == {}


def test_the_reason_and_the_diagnosis_have_points_of_their_own(model: RunModel) -> None:
    assert points(model, outcome_reason="conservative_care_too_short")["reason"] == "30.0"
    assert points(model, outcome_reason="failure_not_documented")["reason"] == "20.0"
    assert points(model, diagnosis_class="low_back_pain_with_neighbour")["diagnosis"] == "5.0"


def test_dollars_are_paid_or_else_allowed_on_a_log_scale_up_to_the_most(model: RunModel) -> None:
    def dollars(paid: str, allowed: str) -> float:
        return round(float(points(model, paid_amount=paid, allowed_amount=allowed)["dollars"] or ""), 6)

    assert dollars("9.00", "99999.00") == 4.0
    assert dollars("0.00", "999.00") == 12.0
    assert dollars("99999.00", "0.00") == 20.0
    assert dollars("500000.00", "0.00") == 20.0
    assert dollars("-9.00", "999.00") == 0.0


def test_dollars_that_nobody_sent_give_no_points_also_where_an_amount_was_allowed(model: RunModel) -> None:
    assert points(model, is_payment_unknown="true", paid_amount="", allowed_amount="99999.00")["dollars"] == "0.0"
    assert points(model, is_payment_unknown="true", paid_amount="", allowed_amount="")["dollars"] == "0.0"


def test_completeness_and_harm_add_up_and_a_likely_miscoded_claim_is_halved(model: RunModel) -> None:
    assert points(model, enrollment_complete="true")["completeness"] == "4.0"
    assert points(model, drugs_visible="true", has_prior_authorization="true")["completeness"] == "3.0"
    assert points(model, notes="[revision_within_24_months]")["harm"] == "7.0"
    assert points(model, notes="[complication_within_24_months, revision_within_24_months]")["harm"] == "15.0"
    assert points(model)["miscoded"] == "0.0"
    assert points(model, notes="[likely_miscoded]")["miscoded"] == "-27.5"
    assert points(model, notes="[likely_miscoded, revision_within_24_months]")["miscoded"] == "-31.0"
