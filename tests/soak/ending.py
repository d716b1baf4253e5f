"""Work in a process of its own that is ended by SIGKILL: before or after a line of the program, or at an instant.

Nothing in the program knows of this: a line is found by its function and a piece of its text, and a trace function
of Python watches for it. The process is a fork of one that has imported everything and started no thread, so that a
hundred of them are quick.
"""

from __future__ import annotations

import inspect
import os
import pickle
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.ground.errors import StimauditError
from pipelines.ground.program_files import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

PROGRAM = PACKAGE
UNFORESEEN = 70

Line = tuple[str, str, int]
"""Module below the package, function, and line number."""


@dataclass(frozen=True)
class Point:
    """An instant: before or after the ``occurrence``-th time (from 1) that a line of the program is executed."""

    line: Line
    occurrence: int = 1
    side: Literal["before", "after"] = "before"

    def __str__(self) -> str:
        module, function, number = self.line
        again = f", time {self.occurrence}" if self.occurrence > 1 else ""
        return f"{self.side} {module}:{number} ({function}{again})"


@dataclass(frozen=True)
class Ending:
    """How a process ended: killed, or with an exit code, and what it told."""

    is_killed: bool
    exit_code: int | None
    told: str


def line_of(function: Callable[..., Any], text: str) -> Line:
    """The first line of ``function`` that holds ``text``; raises ``LookupError`` when there is none."""
    plain = inspect.unwrap(function)
    lines, first = inspect.getsourcelines(plain)
    for number, line in enumerate(lines, start=first):
        if text in line:
            return (_module(inspect.getfile(plain)), plain.__qualname__.rsplit(".", 1)[-1], number)
    message = f"{plain.__qualname__} has no line with {text!r} any more. Name the line that does this now."
    raise LookupError(message)


def ended(work: Callable[[], object], *, at: Point | float | None = None, log: Path) -> Ending:
    """How a process that does ``work`` ended; it is killed at a point, or so many seconds after it began.

    What it writes to standard output and error goes to ``log``.
    """
    process = os.fork()
    if process == 0:
        _work_in_child(work, at if isinstance(at, Point) else None, log)
    if isinstance(at, float):
        time.sleep(at)
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    told = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return Ending(is_killed, None if is_killed else os.waitstatus_to_exitcode(status), told)


def answer(question: Callable[[], Any], *, log: Path) -> Any:
    """What ``question`` returns in a process of its own, so that this one stays without threads."""
    kept = log.with_suffix(".answer")

    def ask() -> None:
        kept.write_bytes(pickle.dumps(question()))

    ending = ended(ask, log=log)
    if ending.exit_code != 0:
        message = f"A process that was to answer ended with {ending.exit_code}: {ending.told}"
        raise RuntimeError(message)
    return pickle.loads(kept.read_bytes())  # noqa: S301 - written a moment ago by our own fork


def lines_executed(work: Callable[[], object], *, log: Path) -> list[Line]:
    """Every line of the program that ``work`` executes in its main thread, in order."""

    def watch() -> list[Line]:
        seen: list[Line] = []
        _trace(lambda frame: seen.append(_line(frame)))
        work()
        sys.settrace(None)
        return seen

    return list(answer(watch, log=log))


def _work_in_child(work: Callable[[], object], point: Point | None, log: Path) -> None:
    """Does ``work`` and ends the process; never returns."""
    code = 0
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        if point is not None:
            _trace(_killer(point), only=point.line)
        work()
    except StimauditError as fault:
        os.write(2, f"error: {fault}\n".encode())
        code = int(fault.exit_code)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001 - the fork must end here whatever happened
        os.write(2, traceback.format_exc().encode())
        code = UNFORESEEN
    finally:
        sys.settrace(None)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _killer(point: Point) -> Callable[[FrameType], None]:
    seen = 0
    reached: FrameType | None = None

    def see(frame: FrameType) -> None:
        nonlocal seen, reached
        if reached is frame:
            os.kill(os.getpid(), signal.SIGKILL)
        if reached is None and frame.f_lineno == point.line[2] and _line(frame) == point.line:
            seen += 1
            if seen == point.occurrence:
                if point.side == "before":
                    os.kill(os.getpid(), signal.SIGKILL)
                reached = frame

    return see


def _trace(see: Callable[[FrameType], None], *, only: Line | None = None) -> None:
    """Has ``see`` called at every line of the program, or of the one function that ``only`` is a line of."""
    names: dict[str, bool] = {}

    def in_frame(frame: FrameType, event: str, _: Any) -> Any:
        if event in {"line", "return"}:
            see(frame)
        return in_frame

    def on_call(frame: FrameType, _event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if name not in names:
            # A page template runs under its own name; it changes nothing on disk.
            names[name] = (
                name.endswith(".py")
                and Path(name).is_relative_to(PROGRAM)
                and (only is None or _module(name) == only[0])
            )
        is_meant = names[name] and (only is None or frame.f_code.co_name == only[1])
        return in_frame if is_meant else None

    sys.settrace(on_call)


def _line(frame: FrameType) -> Line:
    return (_module(frame.f_code.co_filename), frame.f_code.co_name, frame.f_lineno)


def _module(file: str) -> str:
    return Path(file).relative_to(PROGRAM).as_posix()


def source_lines() -> Mapping[str, list[str]]:
    """The text of every module of the program, by its name below the package."""
    return {
        path.relative_to(PROGRAM).as_posix(): path.read_text(encoding="utf-8").splitlines()
        for path in sorted(PROGRAM.rglob("*.py"))
    }
