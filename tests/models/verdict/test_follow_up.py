"""What was seen of the device after the implant, and how far the data reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def seen(model: RunModel, *columns: str, rows: str = "", newest: str = "2026-04-01") -> tuple[str | None, ...]:
    """Columns of the follow-up of E1, followed until 2026-04-01."""
    return model(
        "intermediate.follow_up",
        {
            "intermediate.episode_window": "episode_id | followup_end_date\nE1 | 2026-04-01",
            "intermediate.after_implant_row": f"episode_id | fact | fact_date\n{rows}",
            "staging.run": f"newest_line_start_date | has_eligibility\n{newest} | true",
        },
    ).row(*columns)


def test_the_first_revision_and_the_first_complication_are_kept_apart(model: RunModel) -> None:
    dates = ("first_revision_date", "first_complication_date")
    rows = """
        E1 | revision_after_implant     | 2025-08-01
        E1 | revision_after_implant     | 2025-07-01
        E1 | complication_after_implant | 2025-06-01
        E2 | complication_after_implant | 2025-05-01
    """

    assert seen(model, *dates, rows=rows) == ("2025-07-01", "2025-06-01")
    assert seen(model, *dates) == (None, None)


def test_the_follow_up_is_incomplete_until_lines_of_its_last_day_were_delivered(model: RunModel) -> None:
    assert seen(model, "is_follow_up_incomplete", newest="2026-03-31") == ("true",)
    assert seen(model, "is_follow_up_incomplete", newest="2026-04-01") == ("false",)
    assert seen(model, "is_follow_up_incomplete", newest="") == ("true",)
