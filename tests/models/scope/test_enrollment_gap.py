"""The runs of days of a look-back on which the member was not enrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def gaps(model: RunModel, *spans: str, told: str = "true") -> list[tuple[str | None, ...]]:
    """First and last day of the gaps of ada's look-back 2025-01-01 to 2025-01-31, with spans given as start and end."""
    rows = "\n".join(f"ada | {span}" for span in spans)
    made = model(
        "intermediate.enrollment_gap",
        {
            "staging.run": f"has_eligibility | has_prior_authorization\n{told} | true",
            "intermediate.open_episode": """
                episode_id | member_id | look_back_start_date | look_back_end_date
                -----------+-----------+----------------------+-------------------
                E1         | ada       | 2025-01-01           | 2025-01-31
            """,
            "intermediate.enrollment_span": "member_id | enrollment_start_date | enrollment_end_date\n"
            f"{rows}\nbea | 2025-01-01 | 2025-01-31",
        },
    )
    return made.rows("start_date", "end_date")


def test_days_before_between_and_after_the_spans_are_gaps(model: RunModel) -> None:
    assert gaps(model, "2025-01-03 | 2025-01-10", "2025-01-12 | 2025-01-30") == [
        ("2025-01-01", "2025-01-02"),
        ("2025-01-11", "2025-01-11"),
        ("2025-01-31", "2025-01-31"),
    ]
    assert gaps(model, "2024-01-01 | 2025-01-10", "2025-01-11 | 2026-01-01") == []


def test_spans_that_overlap_or_lie_in_one_another_count_a_day_once(model: RunModel) -> None:
    assert gaps(model, "2024-12-01 | 2025-01-20", "2025-01-05 | 2025-01-06", "2025-01-22 | 9999-12-31") == [
        ("2025-01-21", "2025-01-21"),
    ]


def test_without_a_span_all_days_are_a_gap_and_without_the_extract_none_is(model: RunModel) -> None:
    assert gaps(model) == [("2025-01-01", "2025-01-31")]
    assert gaps(model, "2025-02-01 | 2025-03-01") == [("2025-01-01", "2025-01-31")]
    assert gaps(model, told="false") == []
