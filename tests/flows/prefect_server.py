"""A Prefect server and worker on loopback, as `docs/operations.md` starts them, in a folder that is thrown away."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Found = TypeVar("Found")

PREFECT = Path(sys.executable).with_name("prefect")
PATIENCE_SECONDS = 300
TERMINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

START_SERVER = ("server", "start", "--host", "127.0.0.1")
MAKE_POOL = ("work-pool", "create", "nightly", "--type", "process")
DEPLOY = ("--no-prompt", "deploy", "--name", "nightly")
START_WORKER = ("worker", "start", "--pool", "nightly")
RUN_NOW = ("deployment", "run", "nightly-audit/nightly")
PAUSE = ("deployment", "schedule", "pause", "--all")
RESUME = ("deployment", "schedule", "resume", "--all")

# Only what makes a test quick; everything else is as an operator has it.
QUICK = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE": "10",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "3",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
}


@dataclass(frozen=True)
class Server:
    """A server that answers: its address and the environment its commands need."""

    api_url: str
    environment: dict[str, str]
    home: Path

    def prefect(self, *arguments: object) -> str:
        """What `prefect ARGUMENTS` prints; its fault is the test's."""
        done = subprocess.run(
            [PREFECT, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, path: str, content: object = None) -> Any:
        """The answer of the server's API to a question."""
        data = None if content is None else json.dumps(content).encode()
        request = Request(f"{self.api_url}{path}", data=data, headers={"content-type": "application/json"})  # noqa: S310 - our own server
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def runs(self) -> list[dict[str, Any]]:
        """All flow runs, oldest first by the time they were to start."""
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC", "limit": 200})
        return found

    def run_now(self, **parameters: object) -> str:
        """Asks for one run, as an operator would; its id."""
        given = [part for name, value in parameters.items() for part in ("--param", f"{name}={json.dumps(value)}")]
        before = {run["id"] for run in self.runs()}
        self.prefect(*RUN_NOW, *given)
        [made] = [run["id"] for run in self.runs() if run["id"] not in before and not run["auto_scheduled"]]
        return str(made)

    def run(self, run_id: str) -> dict[str, Any]:
        """One flow run as the server knows it."""
        found: dict[str, Any] = self.ask(f"/flow_runs/{run_id}")
        return found

    def ended(self, run_id: str) -> dict[str, Any]:
        """The flow run, once it has ended."""
        return until(lambda: run if (run := self.run(run_id))["state_type"] in TERMINAL else None)

    def artifact(self, run_id: str, key: str) -> Any:
        """What a flow run left under ``key``."""
        [found] = [
            each
            for each in self.ask("/artifacts/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
            if each["key"] == key
        ]
        return found["data"]

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker, meanwhile."""
        with _process(self, self.home / "worker.log", *START_WORKER):
            yield


def until(found: Callable[[], Found | None]) -> Found:
    """What ``found`` gives, once it gives something."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        if (value := found()) is not None:
            return value
        time.sleep(1)
    message = "It did not happen in time."
    raise TimeoutError(message)


@contextmanager
def prefect_server(home: Path) -> Iterator[Server]:
    """A server on a free port of loopback, with its pages' database in ``home``; ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = kept | {
        **QUICK,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_COLORS": "false",
    }
    server = Server(environment["PREFECT_API_URL"], environment, home)
    with _process(server, home / "server.log", *START_SERVER, "--port", str(port), "--no-ui"):
        until(lambda: _answers(server))
        yield server


def _answers(server: Server) -> bool | None:
    try:
        return bool(server.ask("/health")) or None
    except (URLError, OSError):
        return None


@contextmanager
def _process(server: Server, log: Path, *arguments: str) -> Iterator[None]:
    with log.open("a", encoding="utf-8") as told:
        process = subprocess.Popen(
            [PREFECT, *arguments], cwd=ROOT, env=server.environment, stdout=told, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
