"""The published table case_status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "case_id",
    "episode_id",
    "case_status",
    "changed",
    "is_flagged",
    "evidence_digest",
    "evidence_parts",
    "first_flagged_date",
    "age_days",
    "assignee",
    "decision_id",
    "review_outcome",
    "review_reason",
    "review_note",
    "reviewer",
    "reviewer_credential",
    "licence_state",
    "decided_on",
    "appeal_outcome",
    "payment_action",
)


def test_the_table_holds_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("case_status", {"run_facts.case_status": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)
