"""The law that the funnel ends with as many episodes as there are findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


FUNNEL = """
    step_number | remaining_count
    ------------+----------------
    2           | 2
    1           | 9
"""


def test_the_law_is_kept_by_as_many_findings_as_remain_at_the_last_step(published: RunModel) -> None:
    made = published("funnel_ends_with_findings", {"audit.funnel": FUNNEL, "audit.finding": "episode_id\nE1\nE2"})

    assert made.cells == ()


def test_a_finding_too_few_too_many_or_no_funnel_is_told_with_both_counts(published: RunModel) -> None:
    def broken(funnel: str, findings: str) -> list[tuple[str | None, ...]]:
        made = published("funnel_ends_with_findings", {"audit.funnel": funnel, "audit.finding": findings})
        return made.rows("flagged_count", "finding_count")

    assert broken(FUNNEL, "episode_id\nE1") == [("2", "1")]
    assert broken(FUNNEL, "episode_id\nE1\nE2\nE3") == [("2", "3")]
    assert broken(FUNNEL, "") == [("2", "0")]
    assert broken("", "episode_id\nE1") == [(None, "1")]
    assert broken("", "") == [(None, "0")]
