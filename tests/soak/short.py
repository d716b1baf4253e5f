"""A dozen kills for the ordinary tests: `python -m tests.soak.short FOLDER` writes what was found as JSON.

Landing is ended at points around each rename and the manifest, and let through after each. Publishing and reporting
are ended at one point after another, forward, and let through at the end.
"""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.intake import ledger
from pipelines.intake.land import _write as write_landed
from pipelines.intake.land import land
from pipelines.publishing.history import prepare_night, settle
from pipelines.publishing.publish import publish
from pipelines.publishing.publishes import finish, swing
from pipelines.reports.report import stand
from tests.soak.ending import Point, answer, ended, line_of
from tests.soak.nights import audit_tables, deliver, files_of, leftovers
from tests.support.run_in_small import AS_OF, SQL, facts, make_working

if TYPE_CHECKING:
    from collections.abc import Sequence

LANDING = (
    Point(line_of(write_landed, "commit_file("), 1, "before"),
    Point(line_of(write_landed, "commit_file("), 2, "after"),
    Point(line_of(land, "_count_repeats("), 1, "before"),
    Point(line_of(ledger.write_manifest, "commit_file("), 1, "before"),
    Point(line_of(ledger.write_manifest, "commit_file("), 1, "after"),
)
PUBLISHING = (
    Point(line_of(prepare_night, "_write(_pending_path"), 1, "after"),
    Point(line_of(finish, "_make_durable("), 1, "before"),
    Point(line_of(finish, "folder.rename("), 1, "after"),
    Point(line_of(swing, "part.replace("), 1, "before"),
    Point(line_of(swing, "part.replace("), 1, "after"),
    Point(line_of(settle, "commit_file("), 1, "before"),
    Point(line_of(settle, "commit_file("), 1, "after"),
)
RUNS = ("R20260630-00000001", "R20260630-00000002")


def landing(folder: Path) -> list[dict[str, Any]]:
    """One row a point: whether landing was killed, what the ledger held then, and whether the next one made it good."""
    first, _ = deliver(folder)
    log = folder / "child.log"
    ended(lambda: _land(first, folder / "undisturbed"), log=log)
    expected = files_of(folder / "undisturbed")
    told = []
    for number, point in enumerate(LANDING):
        out = folder / f"killed-{number}"
        ending = ended(partial(_land, first, out), at=point, log=log)
        held = len(ledger.read_ledger(out / "landed"))
        again = ended(partial(_land, first, out), log=log)
        told.append(
            {
                "point": str(point),
                "is_killed": ending.is_killed,
                "deliveries": held,
                "next_exit_code": again.exit_code,
                "is_as_undisturbed": files_of(out) == expected,
                "leftovers": leftovers(out),
            }
        )
    return told


def publishing(folder: Path) -> dict[str, Any]:
    """One row a point with the audit found then (old, new or torn), and what the run after them all left."""
    log = folder / "child.log"
    for run_id in RUNS:
        ended(partial(make_working, _made(folder, run_id), run_id=run_id), log=log)
    undisturbed, out = folder / "undisturbed", folder / "killed"
    for place in (undisturbed, out):
        ended(partial(_publish, place, RUNS[0]), log=log)
    old = answer(lambda: audit_tables(out / "published"), log=log)
    ended(lambda: _publish(undisturbed, RUNS[1]), log=log)
    new = answer(lambda: audit_tables(undisturbed / "published"), log=log)
    points = []
    for point in PUBLISHING:
        ending = ended(lambda: _publish(out, RUNS[1]), at=point, log=log)
        found = answer(lambda: audit_tables(out / "published"), log=log)
        state = "old" if found == old else "new" if found == new else "torn"
        points.append({"point": str(point), "is_killed": ending.is_killed, "state": state})
    again = ended(lambda: _publish(out, RUNS[1]), log=log)
    expected, left = files_of(undisturbed), files_of(out)
    return {
        "points": points,
        "next_exit_code": again.exit_code,
        "next_told": again.told[-2000:],
        "other_tables": _others(new, answer(lambda: audit_tables(out / "published"), log=log)),
        "other_files": _others(expected, left),
        "leftovers": [name for name in leftovers(out) if not name.startswith("work/")],
    }


def _land(extracts: Path, out: Path) -> None:
    land(extracts, landed=out / "landed", as_of=AS_OF)


def _publish(out: Path, run_id: str) -> None:
    working = out / "work" / "run.duckdb"
    working.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_made(out.parent, run_id), working)
    built = publish(working, out, facts=facts(run_id), check_results=(), sql=SQL)
    stand(out, name=built.name, written=built.written)


def _made(folder: Path, run_id: str) -> Path:
    """The working file of a run after its audit, made once: publishing alone is ended here."""
    return folder / f"{run_id}.duckdb"


def _others(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def main(arguments: Sequence[str]) -> int:
    """Writes what was found."""
    folder = Path(arguments[0])
    for part in ("landing", "publishing"):
        (folder / part).mkdir()
    found = {"landing": landing(folder / "landing"), "publishing": publishing(folder / "publishing")}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
