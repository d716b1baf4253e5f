"""The published view v_documented_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "case_id",
    "episode_id",
    "member_id",
    "line_of_business",
    "policy_id",
    "policy_version",
    "anchor_date",
    "last_event_date",
    "episode_kind",
    "event_stage",
    "outcome_reason",
    "diagnosis_class",
    "billed_diagnoses",
    "index_codes",
    "claim_ids",
    "paid_amount",
    "allowed_amount",
    "payment_stage",
    "notes",
    "next_step",
    "run_id",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_documented_v1", {"audit.episode_review": as_text(COLUMNS, outcome="documented")})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_only_episodes_of_the_outcome_are_shown_by_anchor_date_and_name(published: RunModel) -> None:
    made = published(
        "v_documented_v1",
        {
            "audit.episode_review": """
                episode_id | anchor_date | outcome
                -----------+-------------+---------------
                E3         | 2025-01-02  | documented
                E2         | 2025-01-02  | documented
                E4         | 2025-01-01  | documented
                E1         | 2025-01-01  | flagged
                E0         | 2025-01-01  |
            """
        },
    )

    assert made.in_order("episode_id") == [("E4",), ("E2",), ("E3",)]
