"""The steps that the benchmark measures, each an ordinary function run in a process of its own.

`python -m benchmarks.stages STEP FOLDER...` runs one and prints one line of JSON: its seconds, and what it found.
The steps of the pipeline stand first, the bare DuckDB passes they are held against after them. This is the one module
of the benchmark that knows how the stages are called.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import AS_OF
from pipelines.ground.program_files import home
from pipelines.ground.progress import Progress
from pipelines.ground.warehouse import literal, open_warehouse
from pipelines.intake.land import Landing, land
from pipelines.operation.nightly import PLAIN_STAGES, make_catalog, nightly
from pipelines.operation.plan import Plan
from pipelines.operation.rehearsal import gates_asked
from pipelines.operation.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Found = dict[str, Any]

SMALL_DELIVERY = ("medical_claim.lines_a_month_broke", "medical_claim.opening_share_broke")
"""The measures that a delivery of one in a hundred lines moves, for it is no month of the same payer."""
HISTORY_TABLES = ("medical_claim", "claim_diagnosis", "pharmacy_claim", "eligibility")


class StageClock(Progress):
    """Progress that keeps the seconds of each stage."""

    def __init__(self) -> None:
        """A clock that has seen no stage yet."""
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._since = time.perf_counter()

    def stage_started(self, stage: str) -> None:
        """Ends the stage before and begins ``stage``."""
        self.finished()
        self._stage, self._since = stage, time.perf_counter()

    def finished(self) -> None:
        """Ends the stage that runs, if any."""
        if self._stage:
            self.seconds[self._stage] = round(time.perf_counter() - self._since, 2)


def now() -> datetime:
    """The time for the run's own record."""
    return datetime.now(UTC)


def land_delivery(extracts: Path, out: Path) -> Found:
    """Landing with its gates: ``extracts`` added to the history in ``out``, and checked."""
    plan = Plan(extracts=extracts, out=out, as_of=AS_OF, settings=Settings())
    clock = StageClock()
    clock.stage_started("land")
    landing = land(plan.extracts, landed=plan.landed, as_of=plan.as_of)
    clock.stage_started("validate")
    if landing.delivery_number is not None:
        gates_asked(plan, make_catalog(plan.landed, out / "catalog.duckdb"), landing.delivery_number)
    clock.finished()
    return {"stages": clock.seconds}


def audit_landed(out: Path) -> Found:
    """Narrow, audit, publish and report over what landed in ``out``; nothing new is landed or checked."""

    def nothing_new(*_: object, **__: object) -> Landing:
        return Landing(delivery_number=None, files=(), supplied=frozenset())

    clock = StageClock()
    nightly(
        Plan(extracts=out, out=out, as_of=AS_OF, settings=Settings()),
        progress=clock,
        clock=now,
        stages=replace(PLAIN_STAGES, land=nothing_new, validate=lambda *_, **__: ()),
    )
    return {"stages": clock.seconds}


def run_nightly(extracts: Path, out: Path) -> Found:
    """One whole nightly run: ``extracts`` on top of the history in ``out``, audited and published."""
    clock = StageClock()
    plan = Plan(
        extracts=extracts,
        out=out,
        as_of=AS_OF,
        settings=Settings(),
        accept_change=SMALL_DELIVERY,
        because="A delivery of the benchmark has fewer lines a month than its history.",
    )
    nightly(plan, progress=clock, clock=now)
    return {"stages": clock.seconds}


def files_by_table(extracts: Path) -> dict[str, list[Path]]:
    """The files of a generated delivery by table."""
    files: dict[str, list[Path]] = {}
    for path in sorted(extracts.glob("*.*")):
        stem = path.name.split(".")[0]
        table = stem.rsplit("_", 1)[0] if stem[-4:].isdigit() else stem
        files.setdefault(table, []).append(path)
    return files


def listed(paths: Sequence[Path]) -> str:
    """The paths as a SQL list."""
    return f"[{', '.join(literal(path) for path in paths)}]"


def bare_copy(extracts: Path, out: Path) -> Found:
    """A bare DuckDB `copy (from read_csv(...)) to ... (format parquet)` of each table (or `read_parquet`)."""
    out.mkdir(parents=True, exist_ok=True)
    with open_warehouse(temp_directory=out / "spill") as connection:
        for table, paths in files_by_table(extracts).items():
            reader = "read_parquet" if paths[0].suffix == ".parquet" else "read_csv"
            target = literal(out / f"{table}.parquet")
            connection.execute(f"copy (from {reader}({listed(paths)})) to {target} (format parquet)")
    return {}


def index_codes() -> list[str]:
    """The codes that open an event, from the value set."""
    with (home().sql / "value_sets" / "index_procedures.csv").open(encoding="utf-8", newline="") as file:
        return [row["code"].replace(".", "") for row in csv.DictReader(file) if row["opens_event"] != "no"]


def bare_scan(out: Path, tables: Sequence[str]) -> Found:
    """One bare DuckDB scan for the rows of the members with an index line, in ``tables`` of the landed history."""
    found: Found = {}
    with open_warehouse(temp_directory=out / "spill") as connection:
        read = {table: f"read_parquet({literal(out / 'landed' / table / '*.parquet')})" for table in HISTORY_TABLES}
        codes = ", ".join(literal(code) for code in index_codes())
        connection.execute(
            f"create table candidate as select distinct member_id from {read['medical_claim']} "
            f"where hcpcs_code in ({codes})"
        )
        for table in tables:
            if table == "claim_diagnosis":
                condition = "claim_id in (select claim_id from medical_claim)"
            else:
                condition = "member_id in (select member_id from candidate)"
            connection.execute(f"create table {table} as select * from {read[table]} where {condition}")
        count = connection.execute("select count(*) from candidate").fetchall()[0][0]
        found["candidates"] = count
    return found


STEPS: dict[str, Callable[..., Found]] = {
    "land_delivery": land_delivery,
    "audit_landed": audit_landed,
    "run_nightly": run_nightly,
    "bare_copy": bare_copy,
    "bare_scan_claims": lambda out: bare_scan(out, ["medical_claim"]),
    "bare_scan_history": lambda out: bare_scan(out, HISTORY_TABLES),
}


def main() -> None:
    """Runs the step named first on the folders named after it, and prints its seconds and what it found."""
    step, *folders = sys.argv[1:]
    started = time.perf_counter()
    found = STEPS[step](*(Path(folder) for folder in folders))
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - started, **found}) + "\n")


if __name__ == "__main__":
    main()
