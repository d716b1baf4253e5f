"""The Prefect flow, for real: the command starts it, six tasks complete, and its pages hold no member."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
import yaml

from pipelines.ground.errors import ExitCode
from pipelines.operation.nightly import STAGES
from pipelines.operation.plan import RunRequest
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.whole.canaries import Ran


pytestmark = pytest.mark.long


@pytest.fixture
def pages(night_through_prefect: Ran) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(night_through_prefect.out / "work" / "prefect" / "prefect.db")
    yield connection
    connection.close()


def test_the_flow_is_the_six_stages_in_their_order(pages: sqlite3.Connection) -> None:
    runs = pages.execute("select name, state_name from task_run order by start_time").fetchall()

    assert [(name.rsplit("-", 1)[0], state) for name, state in runs] == [(stage, "Completed") for stage in STAGES]


def test_a_run_is_named_by_its_day_and_ends_in_a_state_that_says_what_the_exit_code_says(
    pages: sqlite3.Connection, night_through_prefect: Ran
) -> None:
    [(name, kind, state, version)] = pages.execute(
        "select name, state_type, state_name, flow_version from flow_run"
    ).fetchall()

    assert night_through_prefect.exit_code == ExitCode.CAVEATS
    assert (name, kind, state) == ("nightly-2026-06-30", "COMPLETED", "Published with caveats")
    assert version == metadata.version("stimaudit")


def test_the_log_of_a_run_says_in_counts_what_it_did(pages: sqlite3.Connection) -> None:
    lines = [line for (line,) in pages.execute("select message from log order by timestamp").fetchall()]

    assert any("flagged for review" in line for line in lines)
    assert not [line for line in lines if "Traceback" in line]


def test_the_funnel_is_an_artifact(pages: sqlite3.Connection, night_through_prefect: Ran) -> None:
    told = json.loads(night_through_prefect.answer)
    [(content,)] = pages.execute("select data from artifact where key = 'funnel'").fetchall()
    data = json.loads(content)
    table = json.loads(data) if isinstance(data, str) else data

    assert [row["remaining"] for row in table] == [step["remaining_count"] for step in told["funnel"]]


def test_no_member_and_no_claim_is_in_prefects_database(night_through_prefect: Ran) -> None:
    out = night_through_prefect.out
    with (out / "published" / "worklist.csv").open(encoding="utf-8", newline="") as lines:
        names = {line[name] for line in csv.DictReader(lines) for name in ("member_id", "episode_id", "case_id")}
    content = b"".join(path.read_bytes() for path in (out / "work" / "prefect").iterdir() if path.is_file())

    assert names
    assert not [name for name in names if name.encode() in content]


def test_the_flow_asks_for_what_a_run_is_asked_and_its_scheduler_sees_each(pages: sqlite3.Connection) -> None:
    """In a process of its own, as a worker loads it: whoever imports Prefect must have told it where to live."""
    code = (
        "import json; from pipelines.flows.nightly_audit import nightly_audit as flow; "
        "told = flow.parameters.model_dump(); names = sorted(told['properties']); "
        "explained = [name for name in names if told['properties'][name].get('description')]; "
        "print(json.dumps([told['required'], names, explained]))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    [(kept,)] = pages.execute("select parameters from flow_run").fetchall()
    asked = sorted(field.name for field in fields(RunRequest))

    assert json.loads(told) == [["extracts", "out"], asked, asked]
    assert sorted(json.loads(kept)) == asked


def test_the_deployment_runs_at_two_one_at_a_time() -> None:
    [deployment] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]

    assert [schedule["cron"] for schedule in deployment["schedules"]] == ["0 2 * * *"]
    assert deployment["version"] == metadata.version("stimaudit")
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    path, name = deployment["entrypoint"].split(":")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_prefect_is_not_needed_to_import_anything_else() -> None:
    code = "import sys, pipelines.commands.cli, pipelines.operation.nightly; sys.exit('prefect' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lock_holds_the_prefect_that_pyproject_asks_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]

    assert any(line.startswith("prefect>=") for line in asked)
    assert "\nprefect==" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
