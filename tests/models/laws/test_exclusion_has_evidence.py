"""The law that every exclusion has a delivered row that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


def broken_by(published: RunModel, *evidence: str) -> list[tuple[str | None, ...]]:
    """Episode and exclusion that break the law; E1 is off the list for two reasons, E2 is flagged."""
    made = published(
        "exclusion_has_evidence",
        {
            "audit.episode_review": "episode_id | exclusion_reasons\nE1 | [red_flag, clinical_trial]\nE2 | []",
            "audit.exclusion_evidence": "episode_id | exclusion_reason | source_row\n" + "\n".join(evidence),
        },
    )
    return made.rows("episode_id", "exclusion_reason")


def test_each_reason_needs_a_row_of_its_own_and_a_row_its_reason(published: RunModel) -> None:
    both = ("E1 | red_flag | 7", "E1 | red_flag | 8", "E1 | clinical_trial | 9")

    assert broken_by(published, *both) == []
    assert broken_by(published, *both[:2]) == [("E1", "clinical_trial")]
    assert broken_by(published, *both[:2], "E1 | clinical_trial |") == [("E1", "clinical_trial")]
    assert broken_by(published, *both, "E2 | red_flag | 1") == [("E2", "red_flag")]
