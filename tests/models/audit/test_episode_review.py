"""The implant episodes with their outcome and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


TABLES = {
    "intermediate.episode": {
        "member_id": "ada",
        "anchor_date": "2025-03-01",
        "last_event_date": "2025-04-01",
        "has_pending_line": "false",
        "paid_amount": "100.10",
    },
    "intermediate.case_name": {"case_id": "C1"},
    "intermediate.episode_policy": {"policy_id": "default", "line_of_business": "commercial"},
    "intermediate.episode_diagnosis_scope": {"diagnosis_class": "low_back_pain_only"},
    "intermediate.episode_visibility": {"enrolled_days": "180"},
    "intermediate.episode_provider": {
        "surgeon_npis": "[1001]",
        "facility_npis": "[3001, 3002]",
        "billing_npis": "[]",
    },
    "intermediate.episode_exclusion": {"has_authorization": "false"},
    "intermediate.episode_outcome": {"outcome": "flagged", "outcome_reason": "no_conservative_care_found"},
    "intermediate.episode_note": {"notes": "[]"},
}


def reviewed(
    model: RunModel, *columns: str, parts: str = "", has_feed: bool = True, **changes: str
) -> tuple[str | None, ...]:
    """Columns of the review of E1, which is flagged but for ``changes``."""
    given = {}
    for table, facts in TABLES.items():
        row = {"episode_id": "E1"} | {name: changes.get(name, value) for name, value in facts.items()}
        given[table] = " | ".join(row) + "\n" + " | ".join(row.values())
    return model(
        "audit.episode_review",
        given
        | {
            "audit.priority_part": parts,
            "staging.run": f"has_prior_authorization\n{has_feed}",
            "run_facts.run_name": "run_id\nR1",
        },
    ).row(*columns)


def test_a_row_gathers_the_facts_of_its_episode(model: RunModel) -> None:
    assert reviewed(
        model, "episode_id", "case_id", "first_event_date", "last_event_date", "paid_amount", "policy_id", "run_id"
    ) == ("E1", "C1", "2025-03-01", "2025-04-01", "100.10", "default", "R1")
    assert reviewed(model, "surgeon_npis", "facility_npis", "billing_npis") == ("[1001]", "[3001, 3002]", "[]")
    assert reviewed(model, "payment_stage") == ("post_pay",)
    assert reviewed(model, "payment_stage", has_pending_line="true") == ("pre_pay",)


def test_the_priority_is_the_sum_of_the_parts_rounded_half_up(model: RunModel) -> None:
    def priority(first: str, second: str, miscoded: str) -> str | None:
        parts = f"""
            episode_id | part      | points
            -----------+-----------+----------
            E1         | reason    | {first}
            E1         | dollars   | {second}
            E1         | miscoded  | {miscoded}
            E2         | reason    | 50
            E2         | miscoded  | -25
        """
        return reviewed(model, "priority_score", parts=parts)[0]

    assert priority("40", "10.04", "0") == "50.0"
    assert priority("40", "10.05", "0") == "50.1"
    assert priority("40", "10", "-25") == "25.0"
    assert reviewed(model, "priority_score") == (None,)


def test_the_next_step_follows_the_outcome_and_its_notes(model: RunModel) -> None:
    def step(outcome: str, reason: str = "", notes: str = "[]") -> str | None:
        return reviewed(model, "next_step", outcome=outcome, outcome_reason=reason, notes=notes)[0]

    assert step("flagged") == "request_records"
    assert step("flagged", notes="[likely_miscoded]") == "coding_query"
    assert step("documented") == "no_action"
    assert step("documented", notes="[evidence_review]") == "clinical_review"
    assert step("excluded", "red_flag") == "clinical_review"
    assert step("excluded", "not_low_back_pain") == "no_action"
    assert step("not_assessable", notes="[likely_miscoded]") == "data_hold"


def test_an_authorization_is_none_found_only_where_the_feed_was_delivered(model: RunModel) -> None:
    assert reviewed(model, "prior_authorization_state") == ("none_found",)
    assert reviewed(model, "prior_authorization_state", has_authorization="true") == ("approved",)
    assert reviewed(model, "prior_authorization_state", has_feed=False) == ("feed_not_supplied",)
