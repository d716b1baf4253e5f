"""The published view v_flag_history_v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.models.published.as_it_is import as_text, own_values

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel

COLUMNS = (
    "run_number",
    "run_id",
    "known_from_utc",
    "as_of_date",
    "case_id",
    "episode_id",
    "member_id",
    "anchor_date",
    "outcome_reason",
    "paid_amount",
    "priority_score",
    "evidence_digest",
    "policy_id",
    "policy_version",
    "value_set_digest",
    "code_version",
    "landed_digest",
)


def test_the_view_shows_these_columns_each_as_it_was_gathered(published: RunModel) -> None:
    made = published("v_flag_history_v1", {"audit.flag_history": as_text(COLUMNS)})

    assert made.columns == COLUMNS
    assert made.cells == (own_values(COLUMNS),)


def test_rows_stand_in_order(published: RunModel) -> None:
    rows = """
        run_number | case_id
        2 | C1
        1 | C2
        1 | C1
    """

    made = published("v_flag_history_v1", {"audit.flag_history": rows})

    assert made.in_order("run_number", "case_id") == [
        ("1", "C1"),
        ("1", "C2"),
        ("2", "C1"),
    ]
