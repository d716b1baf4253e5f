"""Who is told how far a run is: a shape that consoles and records fill, and one that stays silent."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Who is told how far a run is."""

    def stage_started(self, stage: str) -> None:
        """The stage before, if any, is done and ``stage`` begins."""

    def file_started(self, file_name: str, byte_count: int) -> None:
        """A delivered file of ``byte_count`` bytes is being read."""

    def file_finished(self, file_name: str, row_count: int) -> None:
        """A delivered file was read; ``row_count`` came out of it."""

    def file_known(self, file_name: str) -> None:
        """A delivered file was not read: its bytes were landed with an earlier delivery."""

    def pages_written(self, done: int, total: int) -> None:
        """``done`` of ``total`` report pages are written."""

    def finished(self) -> None:
        """The last stage is done."""


class Silence:
    """Progress that nobody reads."""

    def stage_started(self, stage: str) -> None:
        """Says nothing."""

    def file_started(self, file_name: str, byte_count: int) -> None:
        """Says nothing."""

    def file_finished(self, file_name: str, row_count: int) -> None:
        """Says nothing."""

    def file_known(self, file_name: str) -> None:
        """Says nothing."""

    def pages_written(self, done: int, total: int) -> None:
        """Says nothing."""

    def finished(self) -> None:
        """Says nothing."""
