"""The doctor: each thing that stops a night is found the evening before, with what to do."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode
from pipelines.ground.program_files import home
from pipelines.ground.run_lock import run_lock
from pipelines.operation.doctor import Examination, Remark, doctor
from pipelines.operation.run_record import RunRecord, write_record
from tests.support.run_in_small import make_working, publish_in_small

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    folder.chmod(0o750)
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder)
    return folder


@pytest.fixture
def out(published: Path, tmp_path: Path) -> Path:
    """An output folder to spoil."""
    return Path(shutil.copytree(published, tmp_path / "out", symlinks=True))


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    """A delivery that was copied an hour ago."""
    folder = tmp_path / "extracts"
    folder.mkdir()
    file = folder / "medical_claim.csv"
    file.write_text("claim_id\n", encoding="utf-8")
    an_hour_ago = (NOW - timedelta(hours=1)).timestamp()
    os.utime(file, (an_hour_ago, an_hour_ago))
    return folder


def examined(
    out: Path,
    extracts: Path | None = None,
    *,
    now: datetime = NOW,
    url: str | None = None,
    with_controls: bool = False,
) -> Examination:
    return doctor(out, extracts, here=home(), now=now, prefect_api_url=url, with_controls=with_controls)


def found(check: str, examination: Examination) -> Remark:
    [remark] = [remark for remark in examination.remarks if remark.check == check]
    return remark


def test_a_sound_machine_and_folder_have_nothing_that_fails(out: Path, extracts: Path) -> None:
    examination = examined(out, extracts, with_controls=True)

    states = {remark.check: remark.state for remark in examination.remarks}
    assert [check for check, state in states.items() if state == "fail" and check not in {"memory", "disk"}] == []
    assert {"python", "libraries", "duckdb", "ledger", "published", "policies", "control members"} <= set(states)
    assert states["control members"] == states["published"] == states["ledger"] == "ok"


def test_every_finding_that_is_not_ok_says_what_to_do(out: Path) -> None:
    examination = examined(out, out / "late", url="ftp://127.0.0.1")

    assert [each for each in examination.remarks if (each.state != "ok") != bool(each.next_step)] == []
    assert examination.exit_code == ExitCode.REFUSED
    assert json.dumps(examination.as_json())
    assert examination.lines()[-1].endswith("fail.")


def test_a_warning_alone_asks_to_look() -> None:
    examination = Examination((Remark("lock", "warn", "Held", "Wait."), Remark("python", "ok", "3.11")), NOW)

    assert examination.exit_code == ExitCode.CAVEATS
    assert examination.lines() == (
        "warn  lock            Held",
        f"{'':21} Do: Wait.",
        "ok    python          3.11",
        "1 ok, 1 warn, 0 fail.",
    )
    assert replace(examination, remarks=examination.remarks[1:]).exit_code == ExitCode.DONE


def test_a_late_delivery_and_an_empty_one_fail(out: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert found("extracts", examined(out, tmp_path / "late")).state == "fail"
    assert found("extracts", examined(out, tmp_path / "empty")).found.endswith("holds no file")


def test_a_delivery_that_still_changes_is_warned_of(out: Path, extracts: Path) -> None:
    an_hour_ago = NOW - timedelta(hours=1)

    assert found("extracts", examined(out, extracts)).state == "ok"
    assert "still be copied" in found("extracts", examined(out, extracts, now=an_hour_ago)).found


def test_a_folder_open_to_everybody_is_warned_of(out: Path) -> None:
    (out / "published").chmod(0o755)

    assert "Open to everybody on this machine: published" in found("output folder", examined(out)).found


def test_a_folder_that_is_not_there_yet_is_made_by_the_first_run(tmp_path: Path) -> None:
    examination = examined(tmp_path / "new" / "out")

    assert found("output folder", examination).state == "ok"
    assert found("published", examination).state == "warn"
    assert not (tmp_path / "new").exists()


def test_a_held_lock_is_told_and_its_files_are_no_leftovers(out: Path) -> None:
    (out / "publishes" / "next.part").mkdir()
    with run_lock(out, since=NOW):
        examination = examined(out)

    assert found("lock", examination).state == "warn"
    assert "leftovers" not in {remark.check for remark in examination.remarks}


def test_files_of_a_killed_run_are_leftovers_that_need_nothing(out: Path) -> None:
    (out / "publishes" / "next.part").mkdir()
    (out / "landed" / "medical_claim").mkdir(parents=True)
    (out / "landed" / "medical_claim" / "000009-0001.parquet").touch()
    write_record(out, RunRecord("running", NOW, stage="land"))

    examination = examined(out)
    assert found("leftovers", examination).found.startswith("2 files")
    assert found("last run", examination).state == "warn"


def test_a_ledger_that_cannot_be_read_fails(out: Path) -> None:
    (out / "landed" / "deliveries").mkdir(parents=True)
    (out / "landed" / "deliveries" / "000001.json").write_text("{", encoding="utf-8")

    assert found("ledger", examined(out)).state == "fail"


def test_a_published_file_that_cannot_be_read_fails(out: Path) -> None:
    (out / "published" / "stimaudit.duckdb").write_bytes(b"x" * 5000)

    assert found("published", examined(out)).state == "fail"


def test_a_clock_that_was_moved_back_fails(out: Path) -> None:
    assert found("clock", examined(out, now=datetime(2020, 1, 1, tzinfo=UTC))).state == "fail"


def test_a_policy_due_soon_is_warned_of_and_one_overdue_fails(out: Path) -> None:
    due = datetime(2027, 11, 22, 12, tzinfo=UTC)

    assert found("policies", examined(out)).state == "ok"
    assert found("policies", examined(out, now=due - timedelta(days=30))).state == "warn"
    assert found("policies", examined(out, now=due + timedelta(days=2))).state == "fail"


@pytest.fixture
def healthy() -> Iterator[str]:
    """The address of something that answers as a Prefect server does."""

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"true")

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()
        thread.join()


def test_a_prefect_server_that_answers_is_ok_and_one_that_does_not_fails(out: Path, healthy: str) -> None:
    assert found("prefect", examined(out, url=healthy)).state == "ok"
    assert found("prefect", examined(out, url="http://127.0.0.1:9/api")).state == "fail"
    assert found("prefect", examined(out)).state == "ok"
