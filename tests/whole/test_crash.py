"""Ended at any instant, on a full or closed disk, twice at once: the audit stays whole and the next run makes it good.

`make soak` ends a dozen nights here and then a hundred, at every line that changes something on disk and at random
instants; what needs no kill runs with every test.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.errors import ExitCode, IntegrityError, StimauditError, UsageError
from pipelines.ground.progress import SILENCE
from pipelines.ground.published_file import open_published
from pipelines.ground.run_lock import run_lock
from pipelines.intake.land import land
from pipelines.intake.ledger import check_landed, read_ledger
from pipelines.operation.nightly import check_time, deliveries_to_check, known_from, withdraw_unpublished
from pipelines.operation.plan import RunRequest, make_plan
from pipelines.operation.run_record import RunRecord, recorded_run, write_record
from pipelines.publishing.history import read_history
from tests.support.places import ROOT
from tests.support.run_in_small import STARTED, facts, make_working, publish_in_small

pytestmark = pytest.mark.long

SAMPLE = ROOT / "sample_data" / "extracts"
AS_OF = date(2026, 6, 30)
COMMAND = Path(sys.executable).with_name("stimaudit")
KILLED_WITHIN_SECONDS = 300


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a dozen kills left, looked at in a process that may fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.short", tmp_path_factory.mktemp("short")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small landed delivery that tests copy or damage nothing of but what they put back."""
    delivered = tmp_path_factory.mktemp("delivered")
    for name in ("claim_diagnosis.csv", "medical_claim_2025_2026.csv.gz"):
        (delivered / name).write_bytes((SAMPLE / name).read_bytes())
    out = tmp_path_factory.mktemp("landed")
    land(delivered, landed=out / "landed", as_of=AS_OF)
    return out / "landed"


def limited(bytes_a_file: int) -> None:
    """No file may grow beyond so many bytes, as on a disk that is full; the program is told instead of ended."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))


def command(*arguments: str | Path, bytes_a_file: int | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=(lambda: limited(bytes_a_file)) if bytes_a_file is not None else None,
    )


@pytest.mark.soak
def test_landing_that_was_killed_left_a_whole_delivery_or_none(found: dict[str, Any]) -> None:
    assert [row["point"] for row in found["landing"] if not row["is_killed"]] == []
    assert [row["deliveries"] for row in found["landing"]] == [0, 0, 0, 0, 1]


@pytest.mark.soak
def test_landing_after_a_kill_ends_with_the_bytes_it_would_have_had(found: dict[str, Any]) -> None:
    wrong = [
        row
        for row in found["landing"]
        if row["next_exit_code"] != 0 or not row["is_as_undisturbed"] or row["leftovers"]
    ]

    assert wrong == []


@pytest.mark.soak
def test_publishing_that_was_killed_left_the_old_audit_or_the_new_one(found: dict[str, Any]) -> None:
    points = found["publishing"]["points"]

    assert [row["point"] for row in points if not row["is_killed"]] == []
    assert [row["state"] for row in points] == ["old"] * 4 + ["new"] * (len(points) - 4)


@pytest.mark.soak
def test_publishing_after_kills_ends_with_the_bytes_it_would_have_had(found: dict[str, Any]) -> None:
    end = {name: value for name, value in found["publishing"].items() if name != "points"}

    assert end == {"next_exit_code": 0, "next_told": "", "other_tables": [], "other_files": [], "leftovers": []}


def test_the_status_tells_of_a_run_that_was_killed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    started = subprocess.Popen(
        [COMMAND, "run", "--extracts", SAMPLE, "--out", out, "--as-of", "2026-06-30", "--no-prefect"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + KILLED_WITHIN_SECONDS
    while not (out / "landed" / "deliveries" / "000001.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    started.kill()
    started.wait()

    told = command("status", "--out", out)

    assert "was killed" in told.stdout
    assert "Run again" in told.stdout
    assert len(read_ledger(out / "landed")) == 1


@pytest.mark.parametrize(("by", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_with_its_own_code_and_a_sentence(
    tmp_path: Path, by: signal.Signals, code: int
) -> None:
    make_working(tmp_path / "out" / "work" / "run.duckdb")
    publish_in_small(tmp_path / "out")
    waiting = subprocess.Popen(
        [COMMAND, "sql", "-", "--out", tmp_path / "out"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 20  # on a system that does not say what a process waits for
    while "pipe" not in Path(f"/proc/{waiting.pid}/wchan").read_text(encoding="ascii") and time.monotonic() < until:
        time.sleep(0.02)
    waiting.send_signal(by)
    out, err = waiting.communicate(timeout=KILLED_WITHIN_SECONDS)

    assert (waiting.returncode, out) == (code, "")
    assert err == f"error: The command was stopped ({by.name}). Run it again: nothing was lost.\n"


def test_a_run_that_is_stopped_says_so_in_its_status_with_the_code_it_ended_with(tmp_path: Path) -> None:
    clock = datetime(2026, 7, 1, tzinfo=UTC)

    def stopped_run() -> None:
        with recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=lambda: clock) as record:
            record.stage_started("land")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_run()

    status = json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))
    assert (status["state"], status["exit_code"], status["stage"]) == ("failed", 130, "land")


def test_a_second_run_ends_at_once_with_four_and_says_who_holds_the_folder(tmp_path: Path) -> None:
    with run_lock(tmp_path / "out", since=datetime(2026, 7, 1, 2, 0, tzinfo=UTC)):
        second = command("run", "--extracts", SAMPLE, "--out", tmp_path / "out", "--no-prefect")

    assert second.returncode == ExitCode.LOCKED
    assert f"process {os.getpid()}, since 2026-07-01 02:00:00 UTC" in second.stderr
    assert not (tmp_path / "out" / "landed").exists()


def test_a_full_disk_is_told_as_one_and_leaves_nothing_landed(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import date; from pathlib import Path; from pipelines.intake.land import land\n"
        "from pipelines.ground.errors import StimauditError\n"
        "try: land(Path(sys.argv[1]), landed=Path(sys.argv[2]), as_of=date(2026, 6, 30))\n"
        "except StimauditError as fault: sys.stderr.write(str(fault)); sys.exit(int(fault.exit_code))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, SAMPLE, tmp_path / "landed"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: limited(20_000),
    )

    assert done.returncode == ExitCode.OUR_FAULT, done.stderr
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path for path in (tmp_path / "landed").rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_told_and_keeps_the_audit(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "landed").write_text("not a folder", encoding="utf-8")

    done = command("run", "--extracts", SAMPLE, "--out", tmp_path / "out", "--no-prefect")

    assert done.returncode == ExitCode.OUR_FAULT
    assert "error: The stage land stopped" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_that_cannot_write_its_state_does_not_start_and_no_older_state_speaks_for_it(tmp_path: Path) -> None:
    make_working(tmp_path / "work" / "run.duckdb")
    publish_in_small(tmp_path)
    write_record(tmp_path, RunRecord("published", datetime.now(UTC), exit_code=0))

    done = command("run", "--extracts", SAMPLE, "--out", tmp_path, "--no-prefect", bytes_a_file=0)

    assert done.returncode == ExitCode.OUR_FAULT
    assert "The run did not start, for its state cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "landed").exists()
    told = command("status", "--out", tmp_path)
    assert told.stdout.startswith("ACT: There is an audit, and no word of the last run")


def test_a_run_that_goes_back_in_time_is_held_until_it_is_said_to_be_meant(tmp_path: Path) -> None:
    make_working(tmp_path / "work" / "run.duckdb")
    publish_in_small(tmp_path)
    (tmp_path / "extracts").mkdir()
    now = datetime.now(UTC)
    request = RunRequest(extracts=tmp_path / "extracts", out=tmp_path)
    earlier = make_plan(replace(request, as_of=AS_OF - timedelta(days=1)), today=AS_OF)
    with pytest.raises(UsageError, match="as of 2026-06-29, and the last publish is as of 2026-06-30"):
        check_time(earlier, now=now)
    same = make_plan(replace(request, as_of=AS_OF), today=AS_OF)
    with pytest.raises(UsageError, match="the clock was set back"):
        check_time(same, now=STARTED - timedelta(days=1))

    check_time(same, now=now)
    check_time(replace(earlier, earlier_is_meant=True), now=now)
    known_last = read_history(tmp_path / "history")[-1].known_from
    assert known_from(tmp_path / "history", STARTED - timedelta(days=1)) == known_last
    assert known_from(tmp_path / "history", known_last + timedelta(days=1)) == known_last + timedelta(days=1)


def test_a_clock_that_was_moved_back_changes_no_order_of_publishes(tmp_path: Path) -> None:
    make_working(tmp_path / "work" / "run.duckdb", run_id="R20260630-00000001")
    publish_in_small(tmp_path, run_facts=facts("R20260630-00000001"))
    earlier = facts("R20260630-00000002", started_at=STARTED - timedelta(days=400))

    publish_in_small(tmp_path, run_facts=earlier)

    assert [entry.run_id[-1] for entry in read_history(tmp_path / "history")] == ["1", "2"]
    with open_published(tmp_path / "published") as connection:
        assert connection.execute("select run_id from run").fetchall() == [("R20260630-00000002",)]


def test_one_changed_byte_in_a_landed_file_is_found(landed: Path) -> None:
    [path] = (landed / "medical_claim").iterdir()
    content = path.read_bytes()
    place = len(content) // 2
    try:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        read_ledger(landed)
        with pytest.raises(IntegrityError, match=path.name):
            check_landed(landed)
    finally:
        path.write_bytes(content)

    assert check_landed(landed) == 2


def test_a_landed_file_of_another_size_stops_every_run(landed: Path) -> None:
    [path] = (landed / "medical_claim").iterdir()
    content = path.read_bytes()
    try:
        path.write_bytes(content[:-1])
        with pytest.raises(IntegrityError, match=path.name):
            read_ledger(landed)
    finally:
        path.write_bytes(content)


def test_a_manifest_that_cannot_be_read_stops_every_run(landed: Path) -> None:
    manifest = landed / "deliveries" / "000001.json"
    content = manifest.read_bytes()
    try:
        manifest.write_bytes(content[: len(content) // 2])
        with pytest.raises(StimauditError, match=r"000001\.json") as told:
            read_ledger(landed)
    finally:
        manifest.write_bytes(content)

    assert told.value.exit_code == ExitCode.INTEGRITY


def test_a_delivery_landed_by_a_killed_first_run_is_checked_and_can_be_withdrawn(landed: Path) -> None:
    plan = make_plan(RunRequest(extracts=SAMPLE, out=landed.parent), today=AS_OF)
    assert deliveries_to_check(plan) == (1,)

    withdraw_unpublished(plan, None)
    try:
        assert read_ledger(landed) == ()
    finally:
        (landed / "deliveries" / "000001.refused").rename(landed / "deliveries" / "000001.json")
