"""Status and log: what a run leaves behind at every end, what an operator is told of it, and no member in either."""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pipelines.gates.profile import Measured, Profile, keep_profile
from pipelines.ground.errors import CheckFailedError, ExitCode, RunLockedError, StimauditError, UsageError
from pipelines.ground.progress import SILENCE
from pipelines.ground.run_lock import run_lock
from pipelines.operation.nightly import PLAIN_STAGES, nightly
from pipelines.operation.plan import Plan, RunRequest, make_plan, plan_night
from pipelines.operation.run_log import run_log
from pipelines.operation.run_record import LastPublish, RunRecord, read_record, recorded_run, write_record
from pipelines.operation.stage_fault import StageFaultError
from pipelines.operation.status import Status, status
from tests.support.places import ROOT
from tests.support.run_in_small import FAILED_WARNING, FINISHED, make_working, publish_in_small

SAMPLE = ROOT / "sample_data" / "extracts"
AS_OF = date(2026, 6, 30)
STARTED = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
CANARY = "CANARY-4711"


def clock() -> datetime:
    return STARTED


def plan_of(extracts: Path, out: Path) -> Plan:
    return make_plan(RunRequest(extracts=extracts, out=out), today=AS_OF)


def told(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "status.json").read_text(encoding="utf-8"))
    return content


def events(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "log" / "stimaudit.jsonl").read_text(encoding="utf-8").splitlines()]


def everything_said(out: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (out / "status.json", *sorted((out / "log").iterdir())))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with a small published audit that has a caveat."""
    folder = tmp_path_factory.mktemp("out")
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder, results=(FAILED_WARNING,))
    write_record(folder, RunRecord("published", STARTED, finished_at=FINISHED, exit_code=5))
    return folder


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after a whole night on the sample with a canary in rows that load and rows that do not."""
    extracts = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("canary") / "extracts"))
    path = extracts / "eligibility.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    names, cells = header.split(","), first.split(",")
    cells[names.index("member_id")] = CANARY
    bad = list(cells)
    bad[names.index("enrollment_start_date")] = CANARY
    path.write_text("\n".join([header, first, ",".join(cells), ",".join(bad), *rest]) + "\n", encoding="utf-8")
    out = tmp_path_factory.mktemp("night")
    nightly(plan_of(extracts, out), progress=SILENCE, clock=clock)
    return out


def test_a_night_that_publishes_says_so_in_its_status(night: Path) -> None:
    said = told(night)

    assert (said["format"], said["state"], said["exit_code"], said["grade"]) == (1, "published", 5, "caveats")
    assert said["run_id"] == said["last_publish"]["run_id"]
    assert said["as_of"] == "2026-06-30"
    assert (said["started_at_utc"], said["stage"], said["message"]) == ("2026-07-01T02:00:00+00:00", None, None)
    assert said["counts"]["delivery_number"] == 1
    assert said["counts"]["flagged"] > 0


def test_the_log_tells_every_stage_and_file_in_order(night: Path) -> None:
    said = events(night)

    assert [event["stage"] for event in said if event["event"] == "stage_finished"] == [
        *("land", "validate", "narrow", "audit", "publish", "report"),
    ]
    assert (said[0]["event"], said[-1]["event"]) == ("run_started", "run_finished")
    assert sum(event["event"] == "file_landed" for event in said) == len(list(SAMPLE.iterdir()))
    assert all({"at_utc", "event", "process"} <= set(event) for event in said)


def test_the_control_members_are_a_row_of_data_quality_and_in_no_other_table(night: Path) -> None:
    from pipelines.ground.published_file import open_published

    with open_published(night / "published") as connection:
        rows = connection.execute(
            "select severity, status, failed_count from data_quality where check_name = 'control_members'"
        ).fetchall()
        [(strays,)] = connection.execute(
            "select count(*) from episode_review where member_id like 'example-%' or run_id = 'examples'"
        ).fetchall()

    assert rows == [("critical", "passed", 0)]
    assert strays == 0


def test_no_canary_of_a_good_night_is_in_its_log_or_status(night: Path) -> None:
    assert CANARY not in everything_said(night)


def test_log_and_status_are_for_owner_and_group(night: Path) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (night / "status.json", night / "log", night / "log" / "stimaudit.jsonl")
    }

    assert modes == {"status.json": 0o640, "log": 0o750, "stimaudit.jsonl": 0o640}


def test_a_refused_night_keeps_its_reason_and_no_canary(tmp_path: Path) -> None:
    extracts, out = tmp_path / "extracts", tmp_path / "out"
    extracts.mkdir()
    (extracts / "medical_claim.csv").write_text(f"claim_id,member_id\n{CANARY},{CANARY}\n", encoding="utf-8")

    with pytest.raises(StimauditError):
        nightly(plan_of(extracts, out), progress=SILENCE, clock=clock)

    said = told(out)
    assert (said["state"], said["exit_code"], said["stage"]) == ("refused", 3, "land")
    assert "medical_claim.csv" in said["message"]
    assert said["last_publish"] is None
    assert events(out)[-1]["message"] == said["message"]
    assert CANARY not in everything_said(out)


@pytest.mark.long
def test_a_fault_of_ours_is_kept_without_its_text(tmp_path: Path) -> None:
    def break_down(*_: object, **__: object) -> NoReturn:
        raise ValueError(CANARY)

    with pytest.raises(StageFaultError):
        nightly(
            plan_of(SAMPLE, tmp_path),
            progress=SILENCE,
            clock=clock,
            stages=replace(PLAIN_STAGES, land=break_down),
        )

    assert (told(tmp_path)["state"], told(tmp_path)["exit_code"]) == ("failed", 1)
    assert "ValueError" in told(tmp_path)["message"]
    assert CANARY not in everything_said(tmp_path)


def test_a_night_ended_from_outside_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=clock):
        raise KeyboardInterrupt

    assert "stopped (SIGINT)" in told(tmp_path)["message"]


def test_a_folder_that_is_not_there_is_recorded_before_a_run_can_start(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        plan_night(RunRequest(extracts=tmp_path / "late", out=tmp_path), clock=clock)

    assert (told(tmp_path)["state"], told(tmp_path)["exit_code"]) == ("failed", 2)
    assert "There is no folder" in told(tmp_path)["message"]
    assert status(tmp_path, now=STARTED).verdict == "act"


def test_a_second_start_is_logged_and_leaves_the_status_of_the_first(tmp_path: Path) -> None:
    with recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=clock):
        with (
            pytest.raises(RunLockedError),
            recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=clock),
        ):
            pass
        said = told(tmp_path)

    assert said["state"] == "running"
    assert {"event": "start_refused", "exit_code": 4}.items() <= events(tmp_path)[1].items()


def test_a_log_that_cannot_be_written_stops_no_run(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be", encoding="utf-8")

    with recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=clock) as record:
        record.stage_started("land")

    assert read_record(tmp_path) is not None


def test_an_end_that_cannot_be_written_leaves_a_run_that_did_not_say_how_it_ended(tmp_path: Path) -> None:
    with recorded_run(tmp_path, as_of=AS_OF, progress=SILENCE, clock=clock):
        (tmp_path / "status.json.part").mkdir()

    left = read_record(tmp_path)
    assert left is not None
    assert left.state == "running"
    assert status(tmp_path, now=STARTED).verdict == "act"


def test_the_log_rotates_and_keeps_a_bounded_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.operation.run_log.MAX_BYTES", 500)
    monkeypatch.setattr("pipelines.operation.run_log.BACKUP_COUNT", 2)

    with run_log(tmp_path, clock=clock, may_rotate=True) as log:
        for number in range(40):
            log.event("counted", {"number": number})

    names = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert names == ["stimaudit.jsonl", "stimaudit.jsonl.1", "stimaudit.jsonl.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "log").iterdir()} == {0o640}
    assert events(tmp_path)[-1]["number"] == 39


def test_who_does_not_hold_the_folder_does_not_rotate_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.operation.run_log.MAX_BYTES", 500)

    with run_log(tmp_path, clock=clock, may_rotate=False) as log:
        for number in range(40):
            log.event("counted", {"number": number})

    assert [path.name for path in (tmp_path / "log").iterdir()] == ["stimaudit.jsonl"]


# The verdict


def test_a_clean_and_recent_audit_is_safe() -> None:
    publish = LastPublish("R", AS_OF, STARTED, "clean", ())
    found = Status("safe", "Last night is published and clean.", "Nothing.", publish, None, None, STARTED)

    assert found.exit_code == ExitCode.DONE
    assert found.lines()[0] == "SAFE: Last night is published and clean."


def test_the_last_profile_is_told_with_what_was_accepted(tmp_path: Path) -> None:
    one = Measured("medical_claim", "all", "", "denied_share", 0.9, 5000)
    for number, accepted in ((1, {}), (2, {"medical_claim.denied_share": "a backlog"})):
        by = dict.fromkeys(accepted, "ada")
        keep_profile(tmp_path / "history", Profile(number, f"2025-0{number}-01", (one,), accepted, by))

    found = status(tmp_path, now=FINISHED)

    text = "\n".join(found.lines())
    assert "Last measured   delivery 2 as of 2025-02-01: 1 measures kept, 1 changes accepted" in text
    assert "accepted: medical_claim.denied_share: a backlog (by ada)" in text
    assert found.as_json()["last_measured"]["accepted"] == {"medical_claim.denied_share": "a backlog"}
    assert status(tmp_path / "none", now=FINISHED).as_json()["last_measured"] is None


def test_an_audit_with_caveats_says_which_and_asks_to_look(published: Path) -> None:
    found = status(published, now=FINISHED + timedelta(hours=5, minutes=3))

    assert (found.verdict, found.exit_code) == ("look", ExitCode.CAVEATS)
    assert "published 5 h 3 min ago" in "\n".join(found.lines())
    assert any("caveat: No pharmacy extract was delivered: " in line for line in found.lines())


def test_a_missed_night_asks_for_the_scheduler(published: Path) -> None:
    found = status(published, now=FINISHED + timedelta(hours=37))

    assert (found.verdict, found.reason) == ("act", "The last audit is 1 d 13 h old: a night was missed.")


def test_an_audit_of_the_future_says_that_the_clock_was_moved(published: Path) -> None:
    assert "clock" in status(published, now=FINISHED - timedelta(hours=2)).reason


def test_nothing_published_asks_to_run(tmp_path: Path) -> None:
    found = status(tmp_path, now=STARTED)

    assert (found.verdict, found.exit_code) == ("act", ExitCode.REFUSED)
    assert "no audit" in "\n".join(found.lines())


def test_a_held_folder_names_its_holder(tmp_path: Path) -> None:
    with run_lock(tmp_path, since=STARTED):
        found = status(tmp_path, now=STARTED)

    assert found.verdict == "running"
    assert found.held_by == f"process {os.getpid()}, since 2026-07-01 02:00:00 UTC"
    assert status(tmp_path, now=STARTED).held_by is None


def test_a_record_that_runs_while_nobody_holds_the_folder_was_killed(tmp_path: Path) -> None:
    write_record(tmp_path, RunRecord("running", STARTED, as_of=AS_OF, stage="narrow", process=1))

    found = status(tmp_path, now=STARTED)
    assert found.verdict == "act"
    assert "killed in stage narrow" in found.reason


def test_a_night_that_did_not_publish_shows_its_message_and_the_audit_before_it(
    published: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(published, tmp_path / "out", symlinks=True))
    message = "1 critical check failed.\n  medical_claim, rows_there"
    with (
        pytest.raises(CheckFailedError),
        recorded_run(out, as_of=AS_OF, progress=SILENCE, clock=clock),
    ):
        raise CheckFailedError(message)

    found = status(out, now=STARTED)
    assert (found.verdict, found.publish is not None) == ("act", True)
    assert "medical_claim, rows_there" in "\n".join(found.lines())
    assert found.as_json()["last_run"]["exit_code"] == 3
    assert json.dumps(found.as_json())
