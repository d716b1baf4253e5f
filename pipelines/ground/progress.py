"""Who is told how far a run is."""

from __future__ import annotations


class Progress:
    """Who is told how far a run is: by itself it says nothing, and passes what it is told on to the next, if any.

    A console or a record is one that says something of its own about what it cares for, and inherits the rest.
    """

    _next: Progress | None = None

    def __init__(self, following: Progress | None = None) -> None:
        """One that tells ``following``; alone it is silence."""
        self._next = following

    def stage_started(self, stage: str) -> None:
        """The stage before, if any, is done and ``stage`` begins."""
        if self._next is not None:
            self._next.stage_started(stage)

    def file_started(self, file_name: str, byte_count: int) -> None:
        """A delivered file of ``byte_count`` bytes is being read; its name is the path below the delivery folder."""
        if self._next is not None:
            self._next.file_started(file_name, byte_count)

    def file_finished(self, file_name: str, row_count: int) -> None:
        """A delivered file was read; it had ``row_count`` records of its own."""
        if self._next is not None:
            self._next.file_finished(file_name, row_count)

    def file_known(self, file_name: str) -> None:
        """A delivered file was not read: its bytes were landed with an earlier delivery."""
        if self._next is not None:
            self._next.file_known(file_name)

    def pages_written(self, done: int, total: int) -> None:
        """``done`` of ``total`` report pages are written."""
        if self._next is not None:
            self._next.pages_written(done, total)

    def finished(self) -> None:
        """The last stage is done."""
        if self._next is not None:
            self._next.finished()


SILENCE = Progress()
