"""The log of runs: one JSON object a line, events and counts, never a value of a delivered row.

It is written by whoever starts a run (the command or the flow), not by stages. Times are handed in.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pipelines.ground.files import make_folder, open_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime


LOG_FOLDER = "log"
LOG_FILE = "stimaudit.jsonl"
MAX_BYTES = 2_000_000
BACKUP_COUNT = 20

Fact = str | int | float | bool | None


class _PrivateRotatingFileHandler(RotatingFileHandler):
    """A rotating file for owner and group only, whatever the umask."""

    def _open(self) -> IO[str]:  # type: ignore[override]  # the typeshed asks for TextIOWrapper, which fdopen gives
        return os.fdopen(open_file(Path(self.baseFilename), os.O_APPEND), "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name logging calls
        """Says nothing: a log that cannot be written, as on a full disk, must not end a run."""


class RunLog:
    """Where events go: ``<out>/log/stimaudit.jsonl``, a line each; an event has a name, a time and plain facts."""

    def __init__(self, handler: logging.Handler | None, clock: Callable[[], datetime]) -> None:
        self._handler = handler
        self._clock = clock

    def event(self, name: str, facts: Mapping[str, Fact]) -> None:
        """Writes the event ``name`` with ``facts``, which may hold counts, seconds and names, never a value."""
        if self._handler is None:
            return
        line = json.dumps({"at_utc": utc_text(self._clock()), "event": name, "process": os.getpid(), **facts})
        self._handler.handle(logging.LogRecord("stimaudit", logging.INFO, "", 0, line, None, None))


@contextmanager
def run_log(out: Path, *, clock: Callable[[], datetime], may_rotate: bool) -> Iterator[RunLog]:
    """The log of ``out``, open for one run; without a place to write it, a log that keeps nothing.

    Only who holds the lock of ``out`` may rotate the files; others append a line.
    """
    folder = out / LOG_FOLDER
    try:
        make_folder(folder)
        handler = _PrivateRotatingFileHandler(
            folder / LOG_FILE,
            maxBytes=MAX_BYTES if may_rotate else 0,
            backupCount=BACKUP_COUNT,
            encoding="utf-8",
        )
    except OSError:
        yield RunLog(None, clock)
        return
    try:
        yield RunLog(handler, clock)
    finally:
        handler.close()


def utc_text(moment: datetime) -> str:
    """``moment`` as ISO 8601 in whole seconds, such as ``2026-07-01T02:00:00+00:00``."""
    return moment.isoformat(timespec="seconds")
