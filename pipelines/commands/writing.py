"""How the commands write: results on standard output, as text, tables, records, CSV or JSON; the log beside them.

A table is written as one where it fits the screen. Where it does not, each row is a record with a line a column, so
that no word is cut.
"""

from __future__ import annotations

import csv
import json
import sys
import textwrap
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


PLAIN_WIDTH = 160
"""How wide a table may be that goes into a file or a pipe."""
BESIDE_A_CELL = 3
"""A column's frame and the blanks on both sides of its cells."""


class Form(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Voice(StrEnum):
    """How much is said on standard error: faults and warnings alone, progress too, or all of it with its times."""

    QUIET = "quiet"
    USUAL = "usual"
    VERBOSE = "verbose"


_voice: ContextVar[Voice] = ContextVar("voice", default=Voice.USUAL)


class Told(Protocol):
    """A result that speaks for itself, to a person and to a script."""

    def lines(self) -> Iterable[str]:
        """The result as lines of text."""

    def as_json(self) -> Any:
        """The result as plain data."""


@contextmanager
def speaking(voice: Voice) -> Iterator[None]:
    """Inside, the command says as much as ``voice`` says."""
    token = _voice.set(voice)
    try:
        yield
    finally:
        _voice.reset(token)


def voice() -> Voice:
    """How much the command says."""
    return _voice.get()


def tell(result: Told, *, as_json: bool) -> None:
    """Writes a result on standard output."""
    if as_json:
        tell_json(result.as_json())
        return
    for line in result.lines():
        tell_line(line)


def tell_line(line: str) -> None:
    """Writes one line on standard output; on a terminal a long one is broken between words, what follows indented."""
    screen = console()
    if screen.is_terminal and cell_len(line) > screen.width:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        line = "\n".join(_broken(line, screen.width, indent)) or line
    typer.echo(line)


def tell_json(content: Any) -> None:
    """Writes plain data on standard output, for scripts."""
    typer.echo(json.dumps(content, indent=2, default=str))


def tell_rows(names: Sequence[str], rows: Sequence[Sequence[Any]], form: Form) -> None:
    """Writes rows on standard output as a table or records with their count, as CSV or as JSON."""
    if form is Form.JSON:
        tell_json([dict(zip(names, row, strict=True)) for row in rows])
    elif form is Form.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(
            [["; ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row] for row in rows]
        )
    else:
        tell_table(names, [["" if cell is None else _cell(cell) for cell in row] for row in rows])
        typer.echo(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}")


def tell_table(
    names: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None, right: Sequence[str] = ()
) -> None:
    """Writes cells as a table where it fits the screen, else as records; the columns ``right`` are numbers."""
    screen = console()
    widths = [max(_width(cell) for cell in column) for column in zip(names, *rows, strict=True)]
    if sum(widths) + BESIDE_A_CELL * len(widths) + 1 > screen.width:
        if title:
            typer.echo(title)
        _tell_records(names, rows, width=screen.width if screen.is_terminal else None)
        return
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold", justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*row)
    screen.print(table, markup=False)


def _tell_records(names: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None) -> None:
    """A record a row: its place among the rows, then a line a column."""
    label = max(map(cell_len, names)) + 2
    for place, row in enumerate(rows, start=1):
        typer.echo(f"- {place:,} of {len(rows):,} -")
        for name, cell in zip(names, row, strict=True):
            first, *others = _fitting(cell, width and width - label) or [""]
            typer.echo(f"{name}{' ' * (label - cell_len(name))}{first}".rstrip())
            for line in others:
                typer.echo(f"{' ' * label}{line}")


def _fitting(cell: str, width: int | None) -> list[str]:
    """The lines of a cell, broken between words where there is a ``width``; a longer word stays whole."""
    return [part for line in cell.splitlines() for part in ([line] if width is None else _broken(line, width, ""))]


def _broken(line: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        line, max(width, len(indent) + 1), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _width(cell: str) -> int:
    return max(map(cell_len, cell.splitlines()), default=0)


def _cell(cell: object) -> str:
    return ", ".join(map(str, cell)) if isinstance(cell, list) else str(cell)


def tell_paths(paths: Sequence[Path], *, as_json: bool, warnings: Sequence[str] = ()) -> None:
    """Writes where files were written, a line each; what to know of them goes to standard error, or into the JSON."""
    if as_json:
        tell_json({"written": [str(path) for path in paths], "warnings": list(warnings)})
        return
    for path in paths:
        typer.echo(path)
    for warning in warnings:
        warn(warning)


def warn(text: str) -> None:
    """Says on standard error what a person should know; a quiet command says it, too."""
    log().print(f"warning: {text}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for a file; colour only on a terminal."""
    terminal = Console(markup=False)
    return terminal if terminal.is_terminal else Console(width=PLAIN_WIDTH, markup=False, no_color=True)


def log() -> Console:
    """Standard error, where progress and faults are told."""
    return Console(stderr=True)
