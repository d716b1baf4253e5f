"""Figures of the review work, and the samples drawn for it.

No figure holds a member value. Shares are hidden where fewer than 30 decisions stand behind them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from statistics import NormalDist, median
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.decisions import (
    CASE_REVIEW_SCHEMA,
    DECISION_SCHEMA,
    FILE_MODE,
    decision_words,
    decisions_standing,
    make_folder,
    published_review,
    read_decisions,
)
from pipelines.encryption import content_digest, plain, protect
from pipelines.errors import UsageError
from pipelines.ledger import commit_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.warehouse import Connection

SMALLEST_SHOWN = 30
CONFIDENCE = 0.95
AGE_BANDS = ((0, 30), (31, 60), (61, 90), (91, None))
QA_SHARE = 0.10
LOWER_RANKED_SHARE = 0.05
UNFLAGGED_COUNT = 10
# Flags of the better half are read first anyway; the lower half is where nobody looks unless a sample sends them.
LOWER_HALF = 0.5

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


@dataclass(frozen=True)
class Sampled:
    """One case of a sample: which, from which stratum, and of whose work."""

    stratum: str
    case_id: str
    episode_id: str
    reviewer: str | None = None


@dataclass(frozen=True)
class Stratum:
    """One stratum of a sample: how many it holds and how many were drawn."""

    stratum: str
    reviewer: str | None
    population: int
    drawn: int


@dataclass(frozen=True)
class Sample:
    """A seeded random sample of a run's cases; the same run, decisions, seed and shares give the same one."""

    run_id: str
    seed: int
    strata: tuple[Stratum, ...]
    cases: tuple[Sampled, ...]

    def lines(self) -> list[str]:
        """How it was drawn, then a line a case."""
        lines = [f"Sample of run {self.run_id}, seed {self.seed}"]
        for stratum in self.strata:
            of_whom = f" of {stratum.reviewer}" if stratum.reviewer else ""
            lines.append(f"{stratum.stratum}{of_whom}: {stratum.drawn:,} of {stratum.population:,}")
            lines += [
                f"  {case.case_id}"
                for case in self.cases
                if (case.stratum, case.reviewer) == (stratum.stratum, stratum.reviewer)
            ]
        return lines

    def as_json(self) -> dict[str, Any]:
        """The sample as plain values."""
        return asdict(self)


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
        status_counts={status: statuses[status] for status in ("new", "open", "decided", "returned")},
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


def draw_sample(
    connection: Connection,
    store: Path,
    *,
    seed: int,
    since: date | None = None,
    qa_share: float = QA_SHARE,
    lower_ranked_share: float = LOWER_RANKED_SHARE,
    unflagged_count: int = UNFLAGGED_COUNT,
) -> Sample:
    """A random sample of the published run in ``connection``, by seed and run id alone.

    Three strata: ``second_level``, at least ``qa_share`` of each reviewer's closed cases (decided since ``since``);
    ``lower_ranked_flag``, at least ``lower_ranked_share`` of the undecided flags in the lower half of the list; and
    ``not_flagged``, ``unflagged_count`` initial implants of the run that were not flagged. Cases are drawn in the
    order of the SHA-256 of "seed|run_id|stratum|episode_id", so that anybody can draw them again.

    Raises ``UsageError`` for shares outside 0 to 1 and negative counts.
    """
    if not (0 <= qa_share <= 1 and 0 <= lower_ranked_share <= 1 and unflagged_count >= 0):
        message = "A share of a sample lies between 0 and 1, and its count is not negative. Correct the value."
        raise UsageError(message)
    run_id = connection.execute("select run_id from audit.run").fetchall()[0][0]
    review = published_review(connection, store)
    by_reviewer: dict[str, list[tuple[str, str]]] = defaultdict(list)
    closed = review.filter(pl.col("review_outcome").is_not_null() & pl.col("decided_on").ge(since or date.min))
    for reviewer, case_id, episode_id in closed.select("reviewer", "case_id", "episode_id").iter_rows():
        by_reviewer[reviewer].append((case_id, episode_id))
    waiting = set(review.filter(pl.col("decision_id").is_null()).get_column("episode_id"))
    ranked = connection.execute(
        "select case_id, episode_id from audit.episode_review where outcome = 'flagged' "
        "order by priority_score desc nulls last, anchor_date, episode_id"
    ).fetchall()
    lower = [case for case in ranked[math.ceil(len(ranked) * LOWER_HALF) :] if case[1] in waiting]
    unflagged = connection.execute(
        "select case_id, episode_id from audit.episode_review "
        "where outcome <> 'flagged' and event_stage = 'initial' order by episode_id"
    ).fetchall()
    wanted: list[tuple[str, str | None, list[tuple[str, str]], int]] = [
        ("second_level", reviewer, cases, math.ceil(round(qa_share * len(cases), 9)))
        for reviewer, cases in sorted(by_reviewer.items())
    ]
    wanted += [
        ("lower_ranked_flag", None, lower, math.ceil(round(lower_ranked_share * len(lower), 9))),
        ("not_flagged", None, unflagged, min(unflagged_count, len(unflagged))),
    ]
    strata = []
    cases: list[Sampled] = []
    for stratum, reviewer, population, count in wanted:
        strata.append(Stratum(stratum, reviewer, len(population), count))
        order = sorted(population, key=lambda case: _ticket(seed, run_id, stratum, case[1]))
        cases += [Sampled(stratum, case_id, episode_id, reviewer) for case_id, episode_id in order[:count]]
    return Sample(run_id=run_id, seed=seed, strata=tuple(strata), cases=tuple(cases))


def keep_sample(sample: Sample, store: Path) -> Path:
    """The file of the store that keeps a drawn sample, so that figures know what was chosen by chance.

    The same sample kept twice stays one file.
    """
    folder = store / "samples"
    make_folder(store)
    make_folder(folder)
    content = (json.dumps(sample.as_json(), indent=1, ensure_ascii=True) + "\n").encode()
    digest = content_digest(content)[:16]
    path = folder / f"{sample.run_id}-{sample.seed}-{digest}.json"
    if not path.exists():
        partial = path.with_suffix(".partial")
        partial.write_bytes(protect(content))
        partial.chmod(FILE_MODE)
        commit_file(partial, path)
    return path


def read_samples(store: Path) -> tuple[Sample, ...]:
    """The samples kept in the store, by name."""
    samples = []
    for path in sorted((store / "samples").glob("*.json")):
        held = json.loads(plain(path.read_bytes(), path))
        samples.append(
            Sample(
                run_id=held["run_id"],
                seed=held["seed"],
                strata=tuple(Stratum(**stratum) for stratum in held["strata"]),
                cases=tuple(Sampled(**case) for case in held["cases"]),
            )
        )
    return tuple(samples)


def _ticket(seed: int, run_id: str, stratum: str, episode_id: str) -> str:
    return hashlib.sha256(f"{seed}|{run_id}|{stratum}|{episode_id}".encode()).hexdigest()


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
