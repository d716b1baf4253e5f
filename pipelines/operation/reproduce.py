"""Reproduce: a past run made again from the landed files and the rules it had, and compared byte for byte.

Where the audit is encrypted the same content has other bytes each time, so digests of the content are compared.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import file_sha256, make_folder
from pipelines.ground.program_files import code_version
from pipelines.ground.warehouse import MEMORY_LIMIT, open_warehouse
from pipelines.intake.ledger import check_key, check_landed, landed_digest, manifest_path
from pipelines.operation.plan import rule_parameters
from pipelines.publishing.history import earlier_cases, find_run, put_back_inputs, read_history
from pipelines.publishing.publish import EPISODE_REVIEW_PARQUET, episodes_digest, write_episode_review
from pipelines.rule.audit import audit
from pipelines.rule.kept_layers import FOLDER
from pipelines.rule.narrow import narrow
from pipelines.rule.policy import load_policies
from pipelines.rule.value_sets import load_value_sets

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from pipelines.ground.program_files import Home
    from pipelines.publishing.history import RunEntry


@dataclass(frozen=True)
class Reproduction:
    """A past run made again: the digest that ``episode_review`` had and has, and whether the code is the same.

    The digests are of the Parquet file, or of the rows where the files are encrypted.
    """

    run_id: str
    known_from_utc: str
    sha256_then: str
    sha256_now: str
    code_then: str
    code_now: str
    is_same_landed: bool
    compared: str = "bytes"

    @property
    def is_same(self) -> bool:
        """Whether the same came out."""
        return self.sha256_then == self.sha256_now

    def lines(self) -> tuple[str, ...]:
        """The comparison in words."""
        code = self.code_now if self.code_then == self.code_now else f"{self.code_now} now, {self.code_then} then"
        episodes = f"the same {self.compared}" if self.is_same else f"other {self.compared} than then"
        return (
            f"Run {self.run_id}, known from {self.known_from_utc}.",
            f"Rows read: {'the same' if self.is_same_landed else 'other rows than then'}.",
            f"Code: {code}.",
            f"Episodes: {episodes} ({self.sha256_now}).",
        )

    def as_json(self) -> dict[str, Any]:
        """The comparison as a dictionary."""
        return {
            "run_id": self.run_id,
            "known_from_utc": self.known_from_utc,
            "is_same": self.is_same,
            "is_same_landed": self.is_same_landed,
            "compared": self.compared,
            "sha256_then": self.sha256_then,
            "sha256_now": self.sha256_now,
            "code_then": self.code_then,
            "code_now": self.code_now,
        }

    def raise_if_different(self) -> None:
        """Raises ``IntegrityError`` with the likely cause, when other bytes came out than then."""
        if self.is_same:
            return
        if not self.is_same_landed:
            cause = (
                "The landed files give other rows than they gave then: run `stimaudit verify`, restore what it names."
            )
        elif self.code_then != self.code_now:
            cause = f"The code is another: check out the version {self.code_then} and reproduce again."
        else:
            cause = "Rows and code are the same, so an environment or a fault of the program differs: report it."
        message = f"Run {self.run_id} made again gives other episodes than it gave then. {cause}"
        raise IntegrityError(message)


def reproduce(
    out: Path, run_id: str, *, here: Home, memory_limit: str = MEMORY_LIMIT, threads: int | None = None
) -> Reproduction:
    """What comes out when the run ``run_id`` of ``out`` is made again, compared with what came out then.

    Reads the deliveries up to the run's newest, the very policy and value set files it had, its parameters and its run
    date; the cases are named by the history before it. Works in a folder of its own below ``out`` and leaves nothing
    behind. Raises ``UsageError`` for a run that the history does not know, and ``IntegrityError`` where a file that it
    needs is missing or was changed.
    """
    entry = find_run(read_history(out / "history"), run_id)
    folder = out / "work" / f"reproduce-{run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    try:
        landed = _landed_then(out / "landed", folder / "landed", entry)
        check_key(landed)
        rules = put_back_inputs(out / "history", entry.inputs, folder / "rules")
        past = earlier_cases(out / "history", run_id=run_id)
        _make(folder, landed, rules, entry, past=past, here=here, memory_limit=memory_limit, threads=threads)
        with open_warehouse(folder / "run.duckdb", memory_limit=memory_limit) as connection:
            connection.execute("use audit")
            write_episode_review(connection, folder / EPISODE_REVIEW_PARQUET)
            digest = episodes_digest(connection) if entry.episodes_digest is not None else None
        return Reproduction(
            run_id=run_id,
            known_from_utc=entry.known_from_utc,
            sha256_then=entry.episodes_digest or entry.files[EPISODE_REVIEW_PARQUET],
            sha256_now=digest or file_sha256(folder / EPISODE_REVIEW_PARQUET),
            code_then=entry.code_version,
            code_now=code_version(here),
            is_same_landed=landed_digest(landed) == entry.landed_digest and _is_intact(landed),
            compared="bytes" if digest is None else "content",
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(
    folder: Path,
    landed: Path,
    rules: Path,
    entry: RunEntry,
    *,
    past: pl.DataFrame,
    here: Home,
    memory_limit: str,
    threads: int | None,
) -> None:
    as_of = date.fromisoformat(entry.as_of)
    narrow(
        landed=landed,
        working=folder / "run.duckdb",
        sql=here.sql,
        as_of=as_of,
        policies=load_policies(rules / "policies", as_of=as_of, allow_overdue=True),
        value_sets=load_value_sets(rules / "value_sets"),
        **rule_parameters(entry.parameters),
        memory_limit=memory_limit,
        threads=threads,
    )
    audit(
        working=folder / "run.duckdb",
        sql=here.sql,
        run_id=entry.run_id,
        earlier_cases=past,
        memory_limit=memory_limit,
        threads=threads,
    )


def _landed_then(landed: Path, folder: Path, entry: RunEntry) -> Path:
    """A ledger that ends with the run's newest delivery, over the same landed files."""
    make_folder(folder / "deliveries")
    others = {"deliveries", FOLDER}
    for table in sorted(path for path in landed.iterdir() if path.is_dir() and path.name not in others):
        (folder / table.name).symlink_to(table.resolve(), target_is_directory=True)
    for number in range(1, entry.newest_delivery_number + 1):
        source = manifest_path(landed, number)
        if not source.is_file():
            message = f"The manifest {source} of delivery {number} is missing. Restore it from its backup."
            raise IntegrityError(message)
        shutil.copyfile(source, manifest_path(folder, number))
    return folder


def _is_intact(landed: Path) -> bool:
    """Whether every landed file is there to the byte."""
    try:
        check_landed(landed)
    except IntegrityError:
        return False
    return True
