"""The enrolment spans that a case shows, clipped to its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def spans(model: RunModel, *rows: str, newest: str = "2025-06-01") -> list[tuple[str | None, ...]]:
    """First and last day shown of spans of ada: history from 2024-01-01, last event 2025-03-01, follow-up to 2026."""
    return model(
        "audit.enrollment_span",
        {
            "intermediate.open_episode": """
                episode_id | member_id | history_start_date | last_event_date | followup_end_date
                -----------+-----------+--------------------+-----------------+------------------
                E1         | ada       | 2024-01-01         | 2025-03-01      | 2025-12-31
            """,
            "intermediate.enrollment_span": "member_id | enrollment_start_date | enrollment_end_date\n"
            + "\n".join(rows),
            "staging.run": f"has_eligibility | newest_line_start_date\ntrue | {newest}",
        },
    ).in_order("start_date", "end_date")


def test_a_span_is_cut_at_the_history_and_at_the_newest_line_or_the_follow_up(model: RunModel) -> None:
    assert spans(model, "ada | 2020-01-01 | 9999-12-31") == [("2024-01-01", "2025-06-01")]
    assert spans(model, "ada | 2020-01-01 | 9999-12-31", newest="2026-06-01") == [("2024-01-01", "2025-12-31")]
    assert spans(model, "ada | 2024-02-01 | 2025-01-31") == [("2024-02-01", "2025-01-31")]


def test_without_newer_lines_a_span_is_shown_to_the_last_event(model: RunModel) -> None:
    assert spans(model, "ada | 2020-01-01 | 9999-12-31", newest="") == [("2024-01-01", "2025-03-01")]
    assert spans(model, "ada | 2020-01-01 | 9999-12-31", newest="2025-02-01") == [("2024-01-01", "2025-03-01")]


def test_a_span_that_touches_the_days_in_one_is_shown_and_one_a_day_off_is_not(model: RunModel) -> None:
    assert spans(model, "ada | 2020-01-01 | 2024-01-01") == [("2024-01-01", "2024-01-01")]
    assert spans(model, "ada | 2020-01-01 | 2023-12-31") == []
    assert spans(model, "ada | 2025-06-01 | 9999-12-31") == [("2025-06-01", "2025-06-01")]
    assert spans(model, "ada | 2025-06-02 | 9999-12-31") == []
    assert spans(model, "ada | 2025-12-31 | 9999-12-31", newest="2026-06-01") == [("2025-12-31", "2025-12-31")]
    assert spans(model, "ada | 2026-01-01 | 9999-12-31", newest="2026-06-01") == []
    assert spans(model, "bea | 2020-01-01 | 9999-12-31") == []
