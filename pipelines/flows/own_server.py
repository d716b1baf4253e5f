"""The Prefect server that a run starts for itself where nobody named one: on loopback, for the length of the run.

It starts while the run imports Prefect, on a database that stays in the output folder, so that it is brought to its
form once a version of Prefect (decision 0232). It ends with the run: with its word, with its process, or, where both
failed, when the next run finds what it left and ends that process and no other.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.ground.files import json_text, make_folder, read_file, read_text, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

LOOPBACK = "127.0.0.1"
DATABASE = "prefect.db"
DATABASE_VERSION = "database-version"
"""The file that says with which version of Prefect the database was last brought to its form."""
LEFT = "server-*.json"
"""What a server leaves in the folder while it runs."""
LOOK_SECONDS = 0.1
START_SECONDS = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
"""The setting of how long a server may take to start."""
END_SECONDS = 10
PROCESS_BYTES = 4096
"""What the system says of a process is shorter; it sets aside as much as is asked for."""
SAID_OTHERWISE = ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH")
"""What an operator sets who has a server of his own, or settings that may name one."""
SETTINGS_FILES = ("prefect.toml", ".env")


def is_named(environment: Mapping[str, str], folder: Path) -> bool:
    """Whether the operator's settings may name a server: by the environment, or a settings file in ``folder``."""
    project = folder / "pyproject.toml"
    return (
        any(name in environment for name in SAID_OTHERWISE)
        or any((folder / name).is_file() for name in SETTINGS_FILES)
        or (project.is_file() and "[tool.prefect" in read_file(project).decode("utf-8", errors="replace"))
    )


@contextmanager
def own_server(home: Path, environment: MutableMapping[str, str]) -> Iterator[None]:
    """A server for the run, which ``environment`` names from here on; it starts beside what is done inside.

    ``wait_for_server`` comes back when it answers. ``home`` is Prefect's folder for the output folder. What a run that
    was killed left there is ended first.
    """
    make_folder(home)
    end_left_servers(home)
    port = _free_port()
    process = _start(home, port, environment)
    left = home / LEFT.replace("*", str(process.pid))
    write_file(left, json_text({"server": mark_of(process.pid), "run": mark_of(os.getpid())}).encode())
    environment["PREFECT_API_URL"] = f"http://{LOOPBACK}:{port}/api"
    environment["NO_PROXY"] = ",".join(filter(None, (environment.get("NO_PROXY"), LOOPBACK)))
    try:
        yield
    finally:
        _end(process)
        left.unlink(missing_ok=True)
        environment.pop("PREFECT_API_URL", None)


def wait_for_server(home: Path, environment: Mapping[str, str]) -> None:
    """Comes back when the server that ``environment`` names answers; raises ``TimeoutError`` where it does not.

    Its database then has the form of this version of Prefect, which is written down.
    """
    port = int(environment["PREFECT_API_URL"].rsplit(":", 1)[1].removesuffix("/api"))
    patience = time.monotonic() + float(environment[START_SECONDS])
    while not _answers(port):
        if time.monotonic() > patience:
            message = "Prefect's server did not answer in time."
            raise TimeoutError(message)
        time.sleep(LOOK_SECONDS)
    write_file(home / DATABASE_VERSION, f"{version('prefect')}\n".encode())


def end_left_servers(home: Path) -> None:
    """Ends each server below ``home`` whose run is gone: the process of that number and start, and no other."""
    for left in home.glob(LEFT):
        try:
            told = json.loads(read_text(left))
            server, run = told["server"], told["run"]
        except (OSError, ValueError, KeyError, TypeError):
            server = run = None
        if is_alive(run):
            continue
        if is_alive(server):
            _end_process(server)
        left.unlink(missing_ok=True)


def mark_of(process: int) -> dict[str, int | str] | None:
    """What tells a process from every other of this machine, also of the same number later; none where it is gone.

    None, too, where the system has no ``/proc``: there a server ends with its input alone.
    """
    try:
        fields = read_text(Path(f"/proc/{process}/stat"), most=PROCESS_BYTES).rpartition(")")[2].split()
        boot = read_text(Path("/proc/sys/kernel/random/boot_id"), most=PROCESS_BYTES).strip()
    except OSError:
        return None
    state, started = fields[0], fields[19]
    return None if state in {"Z", "X"} else {"process": process, "started": int(started), "boot": boot}


def is_alive(mark: Any) -> bool:
    """Whether the process of ``mark`` runs: that very one. What is no mark tells of none."""
    return isinstance(mark, dict) and isinstance(mark.get("process"), int) and mark_of(mark["process"]) == mark


def _end_process(mark: dict[str, int | str]) -> None:
    process = int(mark["process"])
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(process, how)
        patience = time.monotonic() + END_SECONDS
        while is_alive(mark) and time.monotonic() < patience:
            time.sleep(LOOK_SECONDS)
        if not is_alive(mark):
            return


def _start(home: Path, port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    settings = {
        "PREFECT_UI_ENABLED": "0",
        "PREFECT__SERVER_EPHEMERAL": "1",
        "PREFECT__SERVER_FINAL": "1",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false" if _has_form(home) else "true",
    }
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "pipelines.flows.server_process", str(port)],
        env={**environment, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )


def _has_form(home: Path) -> bool:
    """Whether the database of ``home`` was last brought to its form by this version of Prefect."""
    try:
        with_version = read_text(home / DATABASE_VERSION).strip()
    except OSError:
        return False
    return (home / DATABASE).is_file() and with_version == version("prefect")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    """Whether a server on loopback says that it is well; asked without any proxy."""
    asked = http.client.HTTPConnection(LOOPBACK, port, timeout=END_SECONDS)
    try:
        asked.request("GET", "/api/health")
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the server once all that the run told Prefect has reached it."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        for worker in (EventsWorker, APILogWorker):
            worker.drain_all(timeout=END_SECONDS)
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()
