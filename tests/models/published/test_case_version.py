"""The published table case_version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "case_id",
    "from_run_number",
    "to_run_number",
    "case_event",
    "changed_columns",
    "related_case_id",
    "is_in_audit",
    "episode_id",
    "member_id",
    "line_of_business",
    "policy_id",
    "policy_version",
    "anchor_date",
    "last_event_date",
    "episode_kind",
    "event_stage",
    "outcome",
    "outcome_reason",
    "exclusion_reasons",
    "diagnosis_class",
    "billed_diagnoses",
    "index_codes",
    "claim_ids",
    "index_claim_ids",
    "paid_amount",
    "allowed_amount",
    "payment_stage",
    "enrolled_days",
    "enrollment_complete",
    "drugs_visible",
    "prior_authorization_state",
    "notes",
    "priority_score",
    "next_step",
    "evidence_digest",
    "evidence_parts",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("case_version", {"run_facts.case_version": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
