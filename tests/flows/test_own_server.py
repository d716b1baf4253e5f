"""The server that a run starts for itself: it ends with the run, and what a dead run left is ended and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pipelines.flows.own_server import LEFT, end_left_servers, is_alive, is_named, mark_of
from pipelines.flows.server_process import GONE
from tests.support.installed import PROGRAM, call_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.whole.canaries import Ran


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing, in the place of a server."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture
def gone() -> dict[str, int | str] | None:
    """The mark of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        return mark_of(process.pid)


def left(home: Path, **marks: object) -> Path:
    path = home / LEFT.replace("*", "1")
    path.write_text(json.dumps(marks), encoding="utf-8")
    return path


def test_the_server_of_a_dead_run_is_ended_by_the_next(
    sleeper: subprocess.Popen[bytes], gone: dict[str, int | str], tmp_path: Path
) -> None:
    path = left(tmp_path, server=mark_of(sleeper.pid), run=gone)

    end_left_servers(tmp_path)

    assert sleeper.wait(5) == -signal.SIGTERM
    assert not path.exists()


def test_the_server_of_a_run_that_lives_is_left_alone(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    path = left(tmp_path, server=mark_of(sleeper.pid), run=mark_of(os.getpid()))

    end_left_servers(tmp_path)

    assert sleeper.poll() is None
    assert path.exists()


@pytest.mark.parametrize("other", [{"started": 1}, {"boot": "of another day"}])
def test_a_process_that_only_has_the_number_of_the_server_is_left_alone(
    sleeper: subprocess.Popen[bytes], gone: dict[str, int | str], other: dict[str, int | str], tmp_path: Path
) -> None:
    mark = mark_of(sleeper.pid)
    assert mark is not None
    path = left(tmp_path, server={**mark, **other}, run=gone)

    end_left_servers(tmp_path)

    assert sleeper.poll() is None
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"server": 1, "run": 2}', '{"server": {}, "run": {}}'])
def test_what_says_nothing_ends_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / LEFT.replace("*", "1")
    path.write_text(text, encoding="utf-8")

    end_left_servers(tmp_path)

    assert not path.exists()


def test_a_server_ends_when_its_run_does(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.flows.server_process", "0"],
        stdin=subprocess.PIPE,
        env={**call_environment({}), "PREFECT_HOME": str(tmp_path)},
    )
    mark = mark_of(process.pid)
    assert is_alive(mark)
    assert process.stdin is not None
    process.stdin.close()

    assert process.wait(30) == GONE
    assert not is_alive(mark)


@pytest.mark.parametrize(
    ("environment", "file", "text", "named"),
    [
        ({}, "notes.txt", "", False),
        ({"PREFECT_API_URL": "http://127.0.0.1:4200/api"}, "notes.txt", "", True),
        ({"PREFECT_HOME": "/srv/prefect"}, "notes.txt", "", True),
        ({"PREFECT_PROFILE": "ours"}, "notes.txt", "", True),
        ({}, "prefect.toml", "", True),
        ({}, ".env", "", True),
        ({}, "pyproject.toml", "[tool.prefect.api]\nurl = 'http://127.0.0.1:4200/api'\n", True),
        ({}, "pyproject.toml", "[tool.other]\n", False),
    ],
)
def test_a_server_that_the_operator_may_have_named_is_his_to_choose(
    environment: dict[str, str], file: str, text: str, *, named: bool, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")

    assert is_named(environment, tmp_path) is named


@pytest.mark.long
def test_a_run_leaves_no_server_and_a_database_in_form(night_through_prefect: Ran) -> None:
    home = night_through_prefect.out / "work" / "prefect"

    assert list(home.glob(LEFT)) == []
    assert (home / "database-version").read_text(encoding="utf-8").strip()


@pytest.mark.soak
def test_a_killed_run_leaves_no_server(tmp_path: Path) -> None:
    """The run is killed while its server answers: the server ends by itself, and the next run clears its file away."""
    out = tmp_path / "out"
    home = out / "work" / "prefect"
    command = [str(PROGRAM), "demo", "--out", str(out)]
    with subprocess.Popen(command, env=call_environment({}), cwd=tmp_path, stdout=subprocess.DEVNULL) as run:
        patience = time.monotonic() + 300
        while not (home / "database-version").exists() and time.monotonic() < patience:
            time.sleep(0.05)
        [path] = home.glob(LEFT)
        server = json.loads(path.read_text(encoding="utf-8"))["server"]
        was_alive = is_alive(server)
        run.kill()
    while is_alive(server) and time.monotonic() < patience:
        time.sleep(0.05)

    again = subprocess.run(command, env=call_environment({}), cwd=tmp_path, capture_output=True, check=False)
    assert was_alive
    assert not is_alive(server)
    assert again.returncode == 0, again.stderr
    assert list(home.glob(LEFT)) == []
