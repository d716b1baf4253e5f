"""Figures of the review work, and the samples drawn for it.

No figure holds a member value. Shares are hidden where fewer than 30 decisions stand behind them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from statistics import NormalDist, median
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.ground.closed_words import words_of
from pipelines.review.case_review import CASE_REVIEW_SCHEMA, decisions_standing, published_review
from pipelines.review.decision_words import decision_words
from pipelines.review.decisions import DECISION_SCHEMA, read_decisions
from pipelines.review.sample import Sample, read_samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


SMALLEST_SHOWN = 30
CONFIDENCE = 0.95
AGE_BANDS = ((0, 30), (31, 60), (61, 90), (91, None))

JUDGED = ("supported", "not_supported", "flag_error")


@dataclass(frozen=True)
class Share:
    """A share with its number and 95 % Wilson interval; null figures where too few stand behind it."""

    hits: int
    n: int

    @property
    def is_shown(self) -> bool:
        """Whether enough decisions stand behind the share."""
        return self.n >= SMALLEST_SHOWN

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson score interval of the share, whatever its number."""
        return wilson_interval(self.hits, self.n)

    def text(self) -> str:
        """The share as people read it, such as ``52% [44-60], n=148``."""
        if not self.is_shown:
            return f"hidden (n={self.n}, fewer than {SMALLEST_SHOWN})"
        low, high = self.interval
        return f"{self.hits / self.n:.0%} [{100 * low:.0f}-{100 * high:.0f}], n={self.n:,}"

    def as_json(self) -> dict[str, Any]:
        """The share as plain values."""
        low, high = self.interval if self.is_shown else (None, None)
        return {"share": self.hits / self.n if self.is_shown else None, "low": low, "high": high, "n": self.n}


@dataclass(frozen=True)
class VersionFigures:
    """The figures of one policy version: closed cases by outcome, and the share of flags that were right."""

    policy_id: str
    policy_version: str
    closed: int
    supported: int
    not_supported: int
    flag_error: int
    no_response: int
    out_of_scope: int
    upheld: int
    overturned: int
    partial: int
    median_days_to_close: float | None

    @property
    def precision(self) -> Share:
        """Supported of supported, not supported and flag error; no response and out of scope are no part of it."""
        return Share(self.supported, self.supported + self.not_supported + self.flag_error)

    @property
    def precision_after_appeal(self) -> Share:
        """As ``precision``, with overturned outcomes counted as not supported."""
        return Share(self.supported - self.overturned, self.precision.n)

    @property
    def overturn_rate(self) -> Share:
        """Overturned of all decided appeals."""
        return Share(self.overturned, self.upheld + self.overturned + self.partial)


@dataclass(frozen=True)
class Metrics:
    """The figures of the review work as of one published run."""

    run_id: str
    as_of: date
    since: date | None
    versions: tuple[VersionFigures, ...]
    random_flags: Share
    unflagged_supported: Share
    second_review_agreement: Share
    status_counts: Mapping[str, int]
    age_counts: Mapping[str, int]
    median_age_days: float | None

    def lines(self) -> list[str]:
        """The figures as a table and sentences."""
        since = f", decided since {self.since}" if self.since else ""
        head = (
            *("policy version", "closed", "supported", "not supported", "flag error", "no response", "out of scope"),
            *("days to close", "precision [95% CI]"),
        )
        rows = [head, *(_cells(version) for version in self.versions)]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        table = [f"{row[0].ljust(widths[0])}  {_right(row[1:], widths[1:])}" for row in rows]
        lines = [f"Run {self.run_id}, as of {self.as_of}{since}", table[0]]
        for version, line in zip(self.versions, table[1:], strict=True):
            lines.append(line)
            lines.append(
                f"    after appeal {version.precision_after_appeal.text()}; appeals: {version.upheld} upheld, "
                f"{version.overturned} overturned, {version.partial} in part; overturned {version.overturn_rate.text()}"
            )
        if not self.versions:
            lines.append("  no closed case yet")
        age = ", ".join(f"{count:,} of {band} days" for band, count in self.age_counts.items())
        middle = "" if self.median_age_days is None else f"; median {self.median_age_days:g} days"
        lines += [
            f"random sample of lower-ranked flags: precision {self.random_flags.text()}",
            f"sample of implants not flagged: finding supported {self.unflagged_supported.text()}",
            f"second reviews that agree: {self.second_review_agreement.text()}",
            "cases: " + ", ".join(f"{count:,} {status}" for status, count in self.status_counts.items()),
            f"waiting (new, open, returned): {age}{middle}",
            "note: the best ranked are read first, so precision is that of a ranked list; no response is no part of it",
        ]
        return lines

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values; hidden shares are null."""
        return {
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat() if self.since else None,
            "versions": [
                asdict(version)
                | {
                    "precision": version.precision.as_json(),
                    "precision_after_appeal": version.precision_after_appeal.as_json(),
                    "overturn_rate": version.overturn_rate.as_json(),
                }
                for version in self.versions
            ],
            "random_flags": self.random_flags.as_json(),
            "unflagged_supported": self.unflagged_supported.as_json(),
            "second_review_agreement": self.second_review_agreement.as_json(),
            "status_counts": dict(self.status_counts),
            "age_counts": dict(self.age_counts),
            "median_age_days": self.median_age_days,
        }


def metrics(
    decisions: pl.DataFrame,
    review: pl.DataFrame,
    *,
    run_id: str,
    as_of: date,
    samples: Sequence[Sample] = (),
    since: date | None = None,
) -> Metrics:
    """The figures of recorded ``decisions`` and of the cases as ``review`` (of ``case_review``) has them.

    A case counts under the policy version that flagged it when it was decided, with its review outcome in force;
    decisions on cases that were not flagged count in the sample of implants not flagged only. ``since`` leaves out
    outcomes decided before that day. Days to close run from the first flag to the day of the outcome.
    """
    closed = [
        standing
        for standing in _standing_by_case(decisions)
        if "review" in standing and (since is None or standing["review"]["decided_on"] >= since)
    ]
    flagged = [standing for standing in closed if standing["review"]["outcome"] == "flagged"]
    by_version: dict[tuple[str, str], list[Mapping[str, Mapping[str, Any]]]] = defaultdict(list)
    for standing in flagged:
        by_version[standing["review"]["policy_id"], standing["review"]["policy_version"]].append(standing)
    lower_ranked = _cases_of(samples, "lower_ranked_flag")
    unflagged = _cases_of(samples, "not_flagged")
    second = [_counts_as(standing["second_review"]) for standing in closed if "second_review" in standing]
    ages = review.filter(pl.col("is_flagged") & (pl.col("case_status") != "decided")).get_column("age_days").to_list()
    statuses = Counter(review.get_column("case_status").to_list())
    return Metrics(
        run_id=run_id,
        as_of=as_of,
        since=since,
        versions=tuple(
            _version_figures(policy_id, version, of_version)
            for (policy_id, version), of_version in sorted(by_version.items())
        ),
        random_flags=_precision(s for s in flagged if s["review"]["case_id"] in lower_ranked),
        unflagged_supported=_precision(
            s for s in closed if s["review"]["outcome"] != "flagged" and s["review"]["case_id"] in unflagged
        ),
        second_review_agreement=Share(second.count("agreed"), len(second)),
        status_counts={status: statuses[status] for status in words_of("case_status")},
        age_counts={
            f"{low}-{high}" if high is not None else f"{low}+": sum(
                low <= age and (high is None or age <= high) for age in ages
            )
            for low, high in AGE_BANDS
        },
        median_age_days=median(ages) if ages else None,
    )


def no_metrics(*, run_id: str, as_of: date) -> Metrics:
    """The figures of a run of which nobody has decided anything and no case waits."""
    nothing = (pl.DataFrame(schema=dict(DECISION_SCHEMA)), pl.DataFrame(schema=dict(CASE_REVIEW_SCHEMA)))
    return metrics(*nothing, run_id=run_id, as_of=as_of)


def published_metrics(connection: Connection, store: Path, *, since: date | None = None) -> Metrics:
    """``metrics`` of the store's decisions and samples and of the published audit in ``connection``."""
    run_id, as_of = connection.execute("select run_id, as_of_date from audit.run").fetchall()[0]
    return metrics(
        read_decisions(store),
        published_review(connection, store),
        run_id=run_id,
        as_of=as_of,
        samples=read_samples(store),
        since=since,
    )


def wilson_interval(hits: int, n: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Wilson score interval of ``hits`` in ``n``; (0, 1) where there is nothing to go by.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212; no correction for continuity.
    """
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _standing_by_case(decisions: pl.DataFrame) -> list[dict[str, Mapping[str, Any]]]:
    by_case: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for decision in decisions.iter_rows(named=True):
        by_case[decision["case_id"]].append(decision)
    return [decisions_standing(of_case) for of_case in by_case.values()]


def _version_figures(
    policy_id: str, policy_version: str, of_version: Sequence[Mapping[str, Mapping[str, Any]]]
) -> VersionFigures:
    outcomes = Counter(_counts_as(standing["review"]) for standing in of_version)
    appeals = Counter(_counts_as(standing["appeal"]) for standing in of_version if "appeal" in standing)
    days = [
        (standing["review"]["decided_on"] - standing["review"]["first_flagged_date"]).days
        for standing in of_version
        if standing["review"]["first_flagged_date"] is not None
    ]
    return VersionFigures(
        policy_id=policy_id,
        policy_version=policy_version,
        closed=len(of_version),
        supported=outcomes["supported"],
        not_supported=outcomes["not_supported"],
        flag_error=outcomes["flag_error"],
        no_response=outcomes["no_response"],
        out_of_scope=outcomes["out_of_scope"],
        upheld=appeals["upheld"],
        overturned=appeals["overturned"],
        partial=appeals["partial"],
        median_days_to_close=median(days) if days else None,
    )


def _cells(version: VersionFigures) -> tuple[str, ...]:
    """The cells of a version's line in the table of figures."""
    counts = (
        version.closed,
        version.supported,
        version.not_supported,
        version.flag_error,
        version.no_response,
        version.out_of_scope,
    )
    days = "-" if version.median_days_to_close is None else f"{version.median_days_to_close:g}"
    name = f"{version.policy_id} {version.policy_version}"
    return (name, *(f"{count:,}" for count in counts), days, version.precision.text())


def _right(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def _precision(of_cases: Iterable[Mapping[str, Mapping[str, Any]]]) -> Share:
    counted = Counter(_counts_as(standing["review"]) for standing in of_cases)
    return Share(counted["supported"], sum(counted[word] for word in JUDGED))


def _counts_as(decision: Mapping[str, Any]) -> str:
    return decision_words().outcomes[decision["decision_kind"], decision["review_outcome"]].counts_as


def _cases_of(samples: Sequence[Sample], stratum: str) -> set[str]:
    return {case.case_id for sample in samples for case in sample.cases if case.stratum == stratum}
