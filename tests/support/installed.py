"""The installed program, called as a shell calls it: arguments, environment, streams, exit code.

What `stimaudit` is, the package's entry point says. It is loaded once in a process of its own, which forks for each
call: a call is a process with its own streams, environment and folder, without the second that imports take.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVER = """
import importlib.metadata, json, os, sys, traceback
[entry] = importlib.metadata.entry_points(group="console_scripts", name="stimaudit")
main = entry.load()
import typer._adapters, typer.rich_utils, polars, duckdb
import pipelines.operation.verify, pipelines.reports.report, pipelines.reports.letter, pipelines.review.metrics
import pipelines.proof.policy_compare, pipelines.operation.doctor
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.chdir(asked["folder"])
            for number, name in enumerate(("in", "out", "err")):
                os.dup2(os.open(asked[name], os.O_RDWR | os.O_APPEND if number else os.O_RDONLY), number)
            os.environ.clear()
            os.environ.update(asked["environment"])
            sys.argv = ["stimaudit", *asked["arguments"]]
            sys.stdin = open(0, encoding="utf-8", closefd=False)
            try:
                code = main() or 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
            except BaseException:
                traceback.print_exc()
                code = 70
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
PROGRAM = Path(sys.executable).with_name("stimaudit")
OF_A_CALL = ("HOME", "PATH", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Ended:
    """How a call ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it wrote on standard output, read as JSON."""
        return json.loads(self.out)

    @property
    def has_trace(self) -> bool:
        """Whether Python told of a fault in its own words."""
        return "Traceback" in self.err + self.out


class Installed:
    """The installed program; call it with arguments, as often as you like."""

    def __init__(self) -> None:
        self._server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._folder = tempfile.TemporaryDirectory(prefix="stimaudit-calls-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=60)
        assert self._server.stdout is not None
        self._server.stdout.close()
        self._folder.cleanup()

    def __call__(
        self, *arguments: object, asks: str = "", folder: Path | None = None, env: Mapping[str, str] | None = None
    ) -> Ended:
        """How `stimaudit ARGUMENTS` ended, with ``asks`` on standard input, the variables ``env``, in ``folder``."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        place = Path(self._folder.name)
        streams = {name: place / name for name in ("in", "out", "err")}
        for name, path in streams.items():
            path.write_text(asks if name == "in" else "", encoding="utf-8")
        asked = {
            "arguments": [str(argument) for argument in arguments],
            "environment": call_environment(env or {}),
            "folder": str(folder or place),
            **{name: str(path) for name, path in streams.items()},
        }
        self._server.stdin.write((json.dumps(asked) + "\n").encode())
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        return Ended(code, *(streams[name].read_text(encoding="utf-8") for name in ("out", "err")))


def call_environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a call: what a shell needs, and ``more``."""
    return {name: os.environ[name] for name in OF_A_CALL if name in os.environ} | dict(more)
