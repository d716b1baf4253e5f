"""The published table decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "decision_id",
    "import_number",
    "import_row",
    "decision_kind",
    "case_id",
    "episode_id",
    "review_outcome",
    "review_reason",
    "review_note",
    "assignee",
    "reviewer",
    "reviewer_credential",
    "licence_state",
    "decided_on",
    "replaces_decision_id",
    "evidence_digest",
    "evidence_parts",
    "seen_run_id",
    "run_id",
    "outcome",
    "outcome_reason",
    "policy_id",
    "policy_version",
    "anchor_date",
    "paid_amount",
    "priority_score",
    "first_flagged_date",
    "recorded_at_utc",
    "recorded_by",
    "import_sha256",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("decision", {"run_facts.decision": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
