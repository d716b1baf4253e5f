"""README by doing: runs the commands it shows and puts their output below them.

`python -m tests.house.readme` writes README.md anew; the test compares.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from pipelines.commands.cli import app
from tests.support.places import ROOT

if TYPE_CHECKING:
    from re import Match

README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(?P<shown>.*?)```", re.DOTALL)


def refreshed(text: str, folder: Path) -> str:
    """``text`` with the output of every console block as it comes now; the commands run in ``folder``."""

    def block(match: Match[str]) -> str:
        commands = [line for line in match["shown"].splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{command}\n{output(command)}" for command in commands) + "```"

    with contextlib.chdir(folder):
        return BLOCK.sub(block, text)


def output(command: str) -> str:
    """What a command line of ours says on standard output, without blanks at the ends of lines."""
    name, *arguments = shlex.split(command.removeprefix("$ "), comments=True)
    if name != "stimaudit":
        message = f"README shows a command that is not ours: {name}"
        raise ValueError(message)
    if arguments[:1] == ["demo"]:
        arguments.append("--no-prefect")
    told = CliRunner().invoke(app, arguments)
    if told.exit_code != 0:
        message = f"{command} ended with {told.exit_code}: {told.stderr}"
        raise ValueError(message)
    return "".join(f"{line.rstrip()}\n" for line in told.stdout.splitlines())


def without_run_id(text: str) -> str:
    """``text`` with every run id masked: it changes with every change of the code."""
    return re.sub(r"R[0-9]{8}-[0-9a-f]{8}", "R20260630-xxxxxxxx", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        README.write_text(refreshed(README.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
