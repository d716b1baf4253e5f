"""Progress of a run for people: stages and files, on standard error, never a value."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from pipelines.ground.progress import SILENCE, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.progress import TaskID


class ConsoleProgress(Progress):
    """Progress on a console: a moving line on a terminal, a line a stage and file elsewhere.

    With a ``clock`` (seconds from any moment) every line stands for itself, also on a terminal, with the seconds since
    the run began.
    """

    def __init__(self, console: Console, stages: tuple[str, ...], *, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self._console = console
        self._clock = clock
        self._since = clock() if clock else 0.0
        self._stages = stages
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def stage_started(self, stage: str) -> None:
        """Shows the stage and how many there are."""
        place = self._stages.index(stage)
        if not self._console.is_terminal or self._clock is not None:
            self._say(f"{place + 1}/{len(self._stages)} {stage}")
            return
        if self._bar is None:
            self._bar = RichProgress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(stage, total=len(self._stages))
        if self._task is not None:
            self._bar.update(self._task, description=stage, completed=place)

    def file_started(self, file_name: str, byte_count: int) -> None:
        """Shows the file being read, with its size."""
        text = f"  reading {file_name} ({byte_count / 1e6:,.1f} MB)"
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"land{text}")
        else:
            self._say(text)

    def file_finished(self, file_name: str, row_count: int) -> None:
        """Shows how many rows a file had."""
        self._say(f"  {file_name}: {row_count:,} rows")

    def file_known(self, file_name: str) -> None:
        """Shows that a file is one of an earlier delivery."""
        self._say(f"  {file_name}: landed already")

    def pages_written(self, done: int, total: int) -> None:
        """Shows how many pages there are, moving on a terminal, else once at the end."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"report  page {done:,} of {total:,}")
        elif done == total:
            self._say(f"  {total:,} pages")

    def finished(self) -> None:
        """Takes the moving line away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _say(self, text: str) -> None:
        """A line that stays, with its time where times are wanted."""
        told = f"{self._clock() - self._since:8.1f} s  {text}" if self._clock else text
        self._console.print(told, highlight=False, markup=False)


# A flow's parameters are kept by its scheduler, so whoever watches a run is handed over beside them.
watching: ContextVar[Progress] = ContextVar("watching", default=SILENCE)
