"""Comparing policies: the same episodes, who changes and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import UsageError
from pipelines.intake.land import land
from pipelines.proof.policy_compare import PolicyComparison, compare_policies
from pipelines.rule.policy import load_policies
from pipelines.rule.value_sets import load_value_sets
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SQL = ROOT / "sql"
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare") / "landed"
    land(ROOT / "sample_data" / "extracts", landed=folder, as_of=AS_OF)
    return folder


def compare(landed: Path, policy_ids: Sequence[str]) -> PolicyComparison:
    return compare_policies(
        policy_ids,
        landed=landed,
        sql=SQL,
        policies=load_policies(SQL / "policies", as_of=AS_OF, allow_overdue=True),
        value_sets=load_value_sets(SQL / "value_sets"),
        default_policy="evidence_low_back_pain",
        as_of=AS_OF,
    )


def test_a_policy_that_asks_less_flags_no_more_and_every_episode_is_counted_under_each(landed: Path) -> None:
    found = compare(landed, ["evidence_low_back_pain", "medicare_ncd_160_7"])
    totals = [sum(counts[side] for _, _, counts in found.outcome_counts) for side in (0, 1)]
    assert totals == [found.episode_count, found.episode_count]
    excluded = [counts for outcome, _, counts in found.outcome_counts if outcome == "excluded"]
    assert all(before == after for before, after in excluded)


def test_an_episode_that_changes_says_which_criteria_part_the_policies(landed: Path) -> None:
    found = compare(landed, ["evidence_low_back_pain", "commercial_strict"])
    assert found.changed
    for episode in found.changed:
        assert len({(verdict.outcome, verdict.outcome_reason) for verdict in episode.verdicts}) == 2
        assert any(reason.startswith("exercise_course:") for reason in episode.why)
    assert f"{len(found.changed)} change." in next(iter(found.lines()))


def test_the_order_of_the_policies_named_is_the_order_shown(landed: Path) -> None:
    found = compare(landed, ["commercial_strict", "evidence_low_back_pain"])
    assert [verdict.policy_id for verdict in found.changed[0].verdicts] == list(found.policy_ids)


def test_one_policy_alone_or_an_unknown_one_is_a_usage_error(landed: Path) -> None:
    with pytest.raises(UsageError, match="two or more"):
        compare(landed, ["evidence_low_back_pain"])
    with pytest.raises(UsageError, match="knows no policy of that name"):
        compare(landed, ["evidence_low_back_pain", "of_nobody"])
