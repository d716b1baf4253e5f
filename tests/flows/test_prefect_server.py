"""Prefect for real: a server, a worker and the deployment of `prefect.yaml`, through good nights and bad ones.

Takes minutes, so `make soak` runs it. The tests share one server and stand in the order of an operator's week.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.flows.prefect_server import (
    DEPLOY,
    MAKE_POOL,
    PAUSE,
    RESUME,
    RUN_NOW,
    START_SERVER,
    START_WORKER,
    Server,
    prefect_server,
    until,
)
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "CANARY-4711"
AS_OF = "2026-06-30"
EVERY_SECONDS = 10
PILED_UP = 3


@dataclass(frozen=True)
class Site:
    """An operator's site: the server and the two folders of the deployment."""

    server: Server
    extracts: Path
    out: Path

    def deploy(self, *options: object) -> None:
        """Deploys `prefect.yaml` with the folders of this site."""
        folders = ("--param", f"extracts={self.extracts}", "--param", f"out={self.out}", "--param", f"as_of={AS_OF}")
        self.server.prefect(*DEPLOY, *folders, *options)

    def status(self) -> dict[str, Any]:
        """What the last run left for other schedulers."""
        said: dict[str, Any] = json.loads((self.out / "status.json").read_text(encoding="utf-8"))
        return said

    def worklist(self) -> bytes:
        """What is published."""
        return (self.out / "published" / "worklist.csv").read_bytes()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "sample_data" / "extracts", folder / "extracts")
    (folder / "prefect").mkdir()
    with prefect_server(folder / "prefect") as server:
        server.prefect(*MAKE_POOL)
        made = Site(server, folder / "extracts", folder / "out")
        made.deploy()
        yield made


@pytest.mark.soak
def test_a_deployed_night_starts_by_its_schedule_and_leaves_artifacts_and_status(site: Site) -> None:
    site.deploy("--interval", EVERY_SECONDS)
    with site.server.worker():
        done = until(lambda: next((run for run in site.server.runs() if run["state_type"] == "COMPLETED"), None))
        site.server.prefect(*PAUSE)
        at_rest(site)

    assert done["auto_scheduled"]
    assert "Grade: **caveats**" in site.server.artifact(done["id"], "run")
    assert "delivered" in str(site.server.artifact(done["id"], "funnel"))
    assert (site.status()["state"], site.status()["exit_code"]) == ("published", 5)


@pytest.mark.soak
def test_a_paused_deployment_starts_nothing_and_a_resumed_one_does(site: Site) -> None:
    site.server.prefect(*PAUSE)
    until(lambda: True if not scheduled(site) else None)
    time.sleep(2 * EVERY_SECONDS)
    while_paused = scheduled(site)
    site.server.prefect(*RESUME)
    until(lambda: scheduled(site) or None)
    site.server.prefect(*PAUSE)

    assert while_paused == []


@pytest.mark.soak
def test_a_second_start_is_cancelled_and_changes_nothing(site: Site) -> None:
    with site.server.worker():
        before = a_good_night(site)
        first = site.server.run_now()
        until(lambda: True if site.server.run(first)["state_type"] == "RUNNING" else None)
        second = site.server.ended(site.server.run_now())
        done = site.server.ended(first)

    assert (done["state_type"], second["state_type"]) == ("COMPLETED", "CANCELLED")
    assert site.worklist() == before


@pytest.mark.soak
def test_a_failed_night_says_why_keeps_the_audit_and_shows_no_member(site: Site, tmp_path: Path) -> None:
    (tmp_path / "medical_claim.csv").write_text(f"claim_id,member_id\n{CANARY},{CANARY}\n", encoding="utf-8")
    with site.server.worker():
        before = a_good_night(site)
        failed = site.server.ended(site.server.run_now(extracts=str(tmp_path)))

    assert failed["state_type"] == "FAILED"
    assert "medical_claim.csv" in failed["state"]["message"]
    assert "Not published (exit code 3)" in site.server.artifact(failed["id"], "run")
    assert (site.status()["state"], site.status()["exit_code"]) == ("refused", 3)
    assert site.worklist() == before


@pytest.mark.soak
def test_a_disk_that_comes_back_is_tried_again_without_anybody(site: Site) -> None:
    published, aside = site.out / "published", site.out / "aside"
    with site.server.worker():
        a_good_night(site)
        published.rename(aside)
        published.write_text("a file where the folder should be", encoding="utf-8")
        run = site.server.run_now()
        until(lambda: "AwaitingRetry" in task_states(site, run) or None)
        published.unlink()
        aside.rename(published)
        done = site.server.ended(run)

    assert done["state_type"] == "COMPLETED"
    assert site.status()["state"] == "published"


@pytest.mark.soak
def test_runs_that_piled_up_without_a_worker_become_one_run(site: Site) -> None:
    with site.server.worker():
        before = a_good_night(site)
    site.deploy("--interval", EVERY_SECONDS)
    waiting = until(lambda: found if len(found := late(site)) >= PILED_UP else None)
    with site.server.worker():
        ended = [site.server.ended(run["id"]) for run in waiting]
        site.server.prefect(*PAUSE)
        at_rest(site)

    states = sorted(run["state_type"] for run in ended)
    assert states == ["CANCELLED"] * (len(states) - 1) + ["COMPLETED"]
    assert site.worklist() == before


@pytest.mark.soak
def test_no_member_of_any_night_is_in_prefects_database(site: Site) -> None:
    with (site.out / "published" / "worklist.csv").open(encoding="utf-8", newline="") as lines:
        names = {line[name] for line in csv.DictReader(lines) for name in ("member_id", "episode_id", "case_id")}
    with sqlite3.connect(site.server.home / "prefect.db") as pages:
        pages.execute("pragma wal_checkpoint(full)")
    content = b"".join(path.read_bytes() for path in site.server.home.rglob("*") if path.is_file())

    assert CANARY.encode() not in content
    assert names
    assert not [name for name in names if name.encode() in content]


def test_the_runbook_gives_the_commands_that_are_tested_here() -> None:
    runbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    missing = [
        command
        for command in (START_SERVER, MAKE_POOL, DEPLOY, START_WORKER, RUN_NOW, PAUSE, RESUME)
        if f"prefect {' '.join(command)}" not in runbook
    ]
    assert missing == []


def a_good_night(site: Site) -> bytes:
    """The published worklist; a run makes it where no test before has."""
    if not (site.out / "published").is_dir():
        site.server.ended(site.server.run_now())
    return site.worklist()


def at_rest(site: Site) -> None:
    """Waits until no run is at work or handed to a worker: a worker ended before that leaves its run pending."""
    resting = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED", "SCHEDULED"}
    until(
        lambda: (
            True
            if all(r["state_type"] in resting and r["state_name"] != "Submitting" for r in site.server.runs())
            else None
        )
    )


def scheduled(site: Site) -> list[str]:
    return [run["id"] for run in site.server.runs() if run["state_type"] == "SCHEDULED" and run["auto_scheduled"]]


def late(site: Site) -> list[dict[str, Any]]:
    return [run for run in site.server.runs() if run["state_name"] == "Late"]


def task_states(site: Site, run_id: str) -> set[str]:
    found = site.server.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    return {run["state_name"] for run in found}
