"""What a layout hands to landing: projections of a file's columns onto canonical tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Projection:
    """Rows of one canonical table made from one file.

    ``query`` reads the relation `source` and names canonical columns; with ``has_source_row`` it also names
    `source_row`, the record each row came from. ``types`` are the physical types of the columns that are
    not text. ``empty_spans_are_meant`` says that an end before its start is this layout's way of writing
    a span without days, so that no warning is due.
    """

    table_name: str
    columns: tuple[str, ...]
    query: str
    has_source_row: bool
    types: Mapping[str, str]
    empty_spans_are_meant: bool = False


class Layout(Protocol):
    """A way of writing files, bound to one file."""

    @property
    def layout_name(self) -> str:
        """The name shown in the ledger."""

    @property
    def table_names(self) -> tuple[str, ...]:
        """The canonical tables that the file feeds."""

    @property
    def is_streamed(self) -> bool:
        """True when each row of the file is one row of one table, in the file's order."""

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which the file is refused."""

    def check(self) -> None:
        """Raises ``FileRefusedError`` when the file's name lacks what the layout needs from it."""

    def missing_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns without which the file cannot be read."""

    def known_columns(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of ``header`` that the layout reads, in its order."""

    def projections(self, types: Mapping[str, str]) -> tuple[Projection, ...]:
        """One projection a table, for a file whose known columns have these physical types."""
