"""Two nights on the sample data for the crash tests: what is delivered, one run, and what is left on disk after it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pipelines.operation.nightly
from pipelines.gates.profile import keep_profile
from pipelines.gates.validate import CheckResult
from pipelines.ground.progress import Progress
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.run_lock import LOCK_FILE
from pipelines.ground.warehouse import identifier, open_warehouse
from pipelines.operation.nightly import PLAIN_STAGES, nightly
from pipelines.operation.plan import RunRequest, make_plan
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pipelines.gates.profile import Profile
    from pipelines.operation.nightly import Gates, Outcome, Stages

SAMPLE = ROOT / "sample_data" / "extracts"
LATE = "_late.csv"
RUN_TIMES = frozenset({"started_at_utc", "finished_at_utc", "known_from_utc"})
SETTINGS = "max_failed_history_checks = 99\n"
LEFTOVERS = (
    "*.part",
    "*.pending",
    "*.wal",
    "*.tmp",
    "partial",
    "publish",
    "run.duckdb*",
    "catalog.duckdb*",
)


@dataclass(frozen=True)
class Remembered:
    """Results of the two steps that write nothing and take most of a run's time, by what they were asked."""

    checks: dict[int | None, tuple[CheckResult, ...]]
    control: CheckResult
    profiles: Mapping[int, Profile] = field(default_factory=dict)
    """What was measured of the deliveries that were checked; the profile is kept as the checks keep it."""


def deliver(folder: Path) -> tuple[Path, Path]:
    """Two deliveries: the sample without every third claim, then those claims with their diagnoses."""
    first, second = folder / "first", folder / "second"
    shutil.copytree(SAMPLE, first)
    second.mkdir()
    for path in [*sorted(first.glob("medical_claim*")), first / "claim_diagnosis.csv"]:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header, *rows = csv.reader(content.decode().splitlines())
        place = header.index("claim_id")
        parts: tuple[list[list[str]], list[list[str]]] = ([], [])
        for row in rows:
            parts[hashlib.sha256(row[place].encode()).digest()[0] % 3 == 0].append(row)
        name = path.name.split(".")[0]
        path.unlink()
        _write(first / f"{name}.csv", [header, *parts[False]])
        _write(second / f"{name}{LATE}", [header, *parts[True]])
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return first, second


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)


NOTHING_FOUND = CheckResult(
    check_name="control_members",
    severity="critical",
    table_name="control_member",
    failed_count=0,
    total_count=1,
    status="passed",
    description="Control members come out as they should.",
    consequence="The rule does not work as it did.",
)
UNASKED = Remembered({1: (), 2: ()}, NOTHING_FOUND)
"""For tests that are not about checks: none was asked."""


def run_night(
    extracts: Path,
    out: Path,
    *,
    day: int,
    hour: int = 2,
    remembered: Remembered | None = None,
    at_each_stage: Callable[[], None] = lambda: None,
) -> Outcome:
    """One run as the command makes it, at a clock that stands still; ``remembered`` spares the steps it holds."""
    request = RunRequest(extracts=extracts, out=out, config=extracts.parent / "settings.toml")
    plan = make_plan(request, today=date(2026, 6, 29) + timedelta(days=day))
    now = datetime(2026, 7, day, hour, 0, tzinfo=UTC)
    program = vars(pipelines.operation.nightly)
    control_members = program["control_members"]
    if remembered is not None:
        program["control_members"] = lambda _: remembered.control
    try:
        return nightly(plan, progress=_Looking(at_each_stage), clock=lambda: now, stages=stages_of(remembered))
    finally:
        program["control_members"] = control_members


def stages_of(remembered: Remembered | None) -> Stages:
    """The stages of a run, with what is remembered in place of the checks."""
    if remembered is None:
        return PLAIN_STAGES

    def validate(catalog: Path, *, gates: Gates, delivery_number: int | None, **others: Any) -> tuple[CheckResult, ...]:
        if delivery_number not in remembered.checks:
            return PLAIN_STAGES.validate(catalog, gates=gates, delivery_number=delivery_number, **others)
        if profile := remembered.profiles.get(delivery_number or 0):
            keep_profile(gates.history, profile)
        return remembered.checks[delivery_number]

    return replace(PLAIN_STAGES, validate=validate)


class _Looking(Progress):
    """Progress that calls somebody as each stage starts."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look

    def stage_started(self, stage: str) -> None:
        del stage
        self._look()


def audit_tables(published: Path) -> dict[str, str]:
    """A digest of the rows of every table and view of the published file but the times of runs, by name."""
    with open_warehouse(published / DATABASE_FILE, read_only=True) as connection:
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'audit' order by all"
        ).fetchall():
            columns.setdefault(table, [])
            if column not in RUN_TIMES:
                columns[table].append(identifier(column))
        digests = {}
        for table, names in columns.items():
            rows = connection.execute(f"select {', '.join(names)} from audit.{identifier(table)}").fetchall()
            digests[table] = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
    return digests


def files_of(out: Path) -> dict[str, str]:
    """A digest of every file that outlives a run but the database, which is compared by table, and the log."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(_told(path)).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.suffix not in {".duckdb", ".refused"}
        and path.name != LOCK_FILE
        and path.relative_to(out).parts[0] in {"landed", "publishes", "history", "decisions", "letters"}
    }


def _told(path: Path) -> bytes:
    """The bytes of a file; of a manifest all but what it says of database files, whose bytes DuckDB does not fix."""
    content = path.read_bytes()
    if path.name != "manifest.json":
        return content
    listed = {name: value for name, value in json.loads(content).items() if name != "seal"}
    for entries in listed.values():
        for entry in entries if isinstance(entries, list) else []:
            if str(entry.get("name", ".duckdb")).endswith(".duckdb"):
                entry.pop("bytes", None)
                entry.pop("sha256", None)
    return json.dumps(listed).encode()


def leftovers(out: Path) -> list[str]:
    """What a run should have removed at its end."""
    return sorted({path.relative_to(out).as_posix() for pattern in LEFTOVERS for path in out.rglob(pattern)})
