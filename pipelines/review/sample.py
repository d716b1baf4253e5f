"""Second-level samples of the review, which anybody can draw again."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.ground.encryption import content_digest, plain, protect
from pipelines.ground.errors import UsageError
from pipelines.ground.files import json_text, make_folder, read_file, write_file
from pipelines.ground.registers import enter
from pipelines.review.case_review import published_review

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


QA_SHARE = 0.10
LOWER_RANKED_SHARE = 0.05
UNFLAGGED_COUNT = 10
# Flags of the better half are read first anyway; the lower half is where nobody looks unless a sample sends them.
LOWER_HALF = 0.5


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
    content = json_text(sample.as_json()).encode()
    digest = content_digest(content)[:16]
    path = folder / f"{sample.run_id}-{sample.seed}-{digest}.json"
    if not path.exists():
        write_file(path, protect(content))
    enter(store.parent, "samples", [path])
    return path


def read_samples(store: Path) -> tuple[Sample, ...]:
    """The samples kept in the store, by name."""
    samples = []
    for path in sorted((store / "samples").glob("*.json")):
        held = json.loads(plain(read_file(path), path))
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
