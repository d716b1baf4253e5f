"""Readers never wait and never hold up a run: processes open, keep and reopen the file while audits are published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.published_file import open_published
from pipelines.publishing.publishes import read_publishes, swing
from tests.support.places import ROOT
from tests.support.run_in_small import facts, make_working, publish_in_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long

HOLDS = (0.0, 0.02, 0.3)
PUBLISHES = int(os.environ.get("STIMAUDIT_SOAK_PUBLISHES", "1"))
READERS = int(os.environ.get("STIMAUDIT_SOAK_READERS", str(len(HOLDS))))
RUNS = 6
SWINGS = 36
SLOWEST_SWING_SECONDS = 5.0


@dataclass
class Told:
    """What the readers tell at their end."""

    opened: int
    runs: set[str]
    faults: dict[str, int]


class Readers:
    """Processes that read a published folder until they are stopped."""

    def __init__(self, published: Path, stop: Path) -> None:
        self.stop = stop
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.soak.reader", published, stop, str(hold)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for hold in islice(cycle(HOLDS), READERS)
        ]

    def told(self) -> Told:
        self.stop.touch()
        lines = [json.loads(process.communicate(timeout=120)[0]) for process in self.processes]
        faults: dict[str, int] = {}
        for line in lines:
            for fault, count in line["faults"].items():
                faults[fault] = faults.get(fault, 0) + count
        return Told(sum(line["opened"] for line in lines), {run for line in lines for run in line["runs"]}, faults)


def run_id(number: int) -> str:
    """The runs come round again, so that a soak of hundreds of publishes audits a few times alone."""
    return f"R20260630-{(number - 1) % RUNS + 1:08d}"


def publish_run(out: Path, number: int) -> None:
    kept = out.parent / f"{run_id(number)}.duckdb"
    if not kept.is_file():
        make_working(kept, run_id=run_id(number))
    (out / "work").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, out / "work" / "run.duckdb")
    publish_in_small(out, run_facts=facts(run_id(number)))
    (out / "work" / "run.duckdb").unlink()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish_run(tmp_path / "out", 1)
    return tmp_path / "out"


@pytest.fixture
def readers(out: Path, tmp_path: Path) -> Iterator[Readers]:
    started = Readers(out / "published", tmp_path / "stop")
    yield started
    (tmp_path / "stop").touch()
    for process in started.processes:
        process.wait(timeout=120)


def test_readers_see_one_whole_audit_each_time_through_dozens_of_swings(out: Path, readers: Readers) -> None:
    with open_published(out / "published") as held:
        for number in range(2, 2 + PUBLISHES):
            publish_run(out, number)
        still = held.execute("select run_id from run").fetchall()
    kept = list(read_publishes(out))[:2]
    slowest = 0.0
    for number in range(SWINGS):
        began = time.monotonic()
        swing(out, kept[number % 2])
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.05)

    told = readers.told()
    sys.stdout.write(f"{PUBLISHES + SWINGS} publishes and swings, {READERS} readers, {told.opened} rounds read\n")

    assert still == [(run_id(1),)]
    assert told.faults == {}
    assert told.opened > len(HOLDS)
    assert {run_id(1), run_id(1 + PUBLISHES)} <= told.runs
    assert slowest < SLOWEST_SWING_SECONDS
