"""The same episodes under two or more policies: who changes, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.ground.errors import UsageError
from pipelines.ground.near_names import unknown_name
from pipelines.ground.warehouse import asked, open_warehouse
from pipelines.intake.ledger import attach
from pipelines.rule.audit import judge
from pipelines.rule.narrow import stage_candidates
from pipelines.rule.policy import write_policies
from pipelines.rule.value_sets import write_value_sets
from pipelines.rule.vocabulary import CRITERIA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy
    from pipelines.rule.value_sets import ValueSet


# The criteria that part policies; the sum of three of them says no more.
_CRITERIA = tuple(criterion for criterion in CRITERIA if criterion != "adequate_care")


@dataclass(frozen=True)
class Verdict:
    """How one policy judges one episode."""

    policy_id: str
    outcome: str
    outcome_reason: str
    criteria: tuple[str, ...]
    """``criterion=result`` for each criterion, none where the episode is excluded."""


@dataclass(frozen=True)
class ChangedEpisode:
    """An episode that the policies do not judge alike, with the criteria that part them."""

    episode_id: str
    verdicts: tuple[Verdict, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The criteria whose result differs, with the result under each policy."""
        results = [dict(entry.split("=") for entry in verdict.criteria) for verdict in self.verdicts]
        return tuple(
            f"{criterion}: {', '.join(result.get(criterion, 'not asked') for result in results)}"
            for criterion in _CRITERIA
            if len({result.get(criterion) for result in results}) > 1
        )


@dataclass(frozen=True)
class PolicyComparison:
    """What a comparison found, the policies in the order they were named."""

    policy_ids: tuple[str, ...]
    episode_count: int
    outcome_counts: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Outcome, reason and the number of episodes under each policy."""
    changed: tuple[ChangedEpisode, ...]

    def lines(self) -> Iterator[str]:
        """The comparison as a person reads it; episodes by their id alone."""
        yield f"{self.episode_count:,} episodes under {', '.join(self.policy_ids)}; {len(self.changed):,} change."
        yield ""
        width = max((len(f"{outcome}: {reason}") for outcome, reason, _ in self.outcome_counts), default=0)
        yield " " * width + "".join(f"  {policy_id:>24}" for policy_id in self.policy_ids)
        for outcome, reason, counts in self.outcome_counts:
            yield f"{f'{outcome}: {reason}':<{width}}" + "".join(f"  {count:>24,}" for count in counts)
        for episode in self.changed:
            yield ""
            yield episode.episode_id
            for verdict in episode.verdicts:
                yield f"  {verdict.policy_id}: {verdict.outcome}, {verdict.outcome_reason.replace('_', ' ')}"
            for reason in episode.why:
                yield f"    {reason.replace('_', ' ')}"

    def as_json(self) -> dict[str, object]:
        """The comparison as plain data."""
        return asdict(self) | {"why": {episode.episode_id: episode.why for episode in self.changed}}


def compare_policies(
    policy_ids: Sequence[str],
    *,
    landed: Path,
    sql: Path,
    policies: Sequence[Policy],
    value_sets: Sequence[ValueSet],
    default_policy: str,
    as_of: date,
    assume_enrolled: bool = False,
) -> PolicyComparison:
    """Every episode of the landed history judged by each of ``policy_ids``, and those the policies do not judge alike.

    The history is narrowed once; nothing is written. Raises ``UsageError`` for fewer than two policies or an
    unknown one.
    """
    known = {policy.id for policy in policies}
    for policy_id in policy_ids:
        if policy_id not in known:
            raise unknown_name(policy_id, sorted(known), kind="policy", place="The folder of dossiers")
    if len(set(policy_ids)) < 2:  # noqa: PLR2004 - a comparison has two sides
        message = f"Name two or more different policies to compare. Known policies: {', '.join(sorted(known))}."
        raise UsageError(message)
    with open_warehouse() as connection:
        attach(connection, landed)
        write_value_sets(connection, value_sets)
        _assign(connection, policies, default_policy, policy_ids[0])
        stage_candidates(connection, sql, as_of=as_of, assume_enrolled=assume_enrolled)
        verdicts = []
        for policy_id in policy_ids:
            _assign(connection, policies, default_policy, policy_id)
            judge(connection, sql, run_id="comparison")
            verdicts.append(_verdicts(connection, policy_id))
    return _comparison(tuple(policy_ids), pl.concat(verdicts))


def _assign(connection: Connection, policies: Sequence[Policy], default_policy: str, policy_id: str) -> None:
    write_policies(
        connection, policies, default_policy=default_policy, single_policy=policy_id, policy_by_line_of_business={}
    )


def _verdicts(connection: Connection, policy_id: str) -> pl.DataFrame:
    return asked(
        connection,
        """
        select
            $policy_id as policy_id,
            episode_review.episode_id,
            episode_review.outcome,
            episode_review.outcome_reason,
            list(
                criterion_result.criterion || '=' || criterion_result.result order by criterion_result.criterion_number
            )
                filter (where criterion_result.criterion <> 'adequate_care') as criteria
        from audit.episode_review
        left join audit.criterion_result
            on episode_review.episode_id = criterion_result.episode_id
        group by episode_review.episode_id, episode_review.outcome, episode_review.outcome_reason
        order by episode_review.episode_id
        """,
        {"policy_id": policy_id},
    ).pl()


def _comparison(policy_ids: tuple[str, ...], verdicts: pl.DataFrame) -> PolicyComparison:
    counts = (
        verdicts.group_by("outcome", "outcome_reason", "policy_id")
        .len()
        .pivot("policy_id", index=["outcome", "outcome_reason"], values="len")
        .sort("outcome", "outcome_reason")
        .fill_null(0)
    )
    apart = (
        verdicts.group_by("episode_id")
        .agg(verdict_count=pl.struct("outcome", "outcome_reason").n_unique())
        .filter(pl.col("verdict_count") > 1)
        .select("episode_id")
    )
    changed = verdicts.join(apart, on="episode_id", how="semi").partition_by(
        "episode_id", as_dict=True, maintain_order=True
    )
    return PolicyComparison(
        policy_ids=policy_ids,
        episode_count=verdicts["episode_id"].n_unique(),
        outcome_counts=tuple(
            (row["outcome"], row["outcome_reason"], tuple(row.get(policy_id, 0) for policy_id in policy_ids))
            for row in counts.iter_rows(named=True)
        ),
        changed=tuple(
            ChangedEpisode(
                episode_id=str(episode_id),
                verdicts=tuple(
                    Verdict(row["policy_id"], row["outcome"], row["outcome_reason"], tuple(row["criteria"] or ()))
                    for row in rows.iter_rows(named=True)
                ),
            )
            for (episode_id,), rows in sorted(changed.items())
        ),
    )
