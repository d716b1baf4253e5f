"""The published view v_case_events_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "run_number",
    "run_id",
    "known_from_utc",
    "case_id",
    "episode_id",
    "member_id",
    "case_event",
    "changed_columns",
    "related_case_id",
    "outcome",
    "outcome_reason",
    "paid_amount",
    "evidence_digest",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_case_events_v1", {"audit.case_event": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        run_number | case_id
        2 | C1
        1 | C2
        1 | C1
    """

    made = published("v_case_events_v1", {"audit.case_event": rows})

    assert made.in_order("run_number", "case_id") == [
        ("1", "C1"),
        ("1", "C2"),
        ("2", "C1"),
    ]
