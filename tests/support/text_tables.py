"""Tables as aligned text, the way tests give rows: a header, a rule, a line a row."""

from __future__ import annotations

from dataclasses import dataclass

BETWEEN = "|"
EMPTY_TEXT = "''"
"""A cell of no characters; a blank cell is no value."""


@dataclass(frozen=True)
class TextTable:
    """The columns and rows of a table written as text; a cell is text, or none where it is blank."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def read_text_table(text: str) -> TextTable:
    """The table that ``text`` draws; text without a line is a table without columns and rows.

    The first line names the columns, parted by ``|``; a second line of dashes is left out; every other line is a row.
    Raises ``ValueError`` for a row that has more or fewer cells than there are columns, and for a column named twice.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines:
        return TextTable((), ())
    columns = _cells(lines[0])
    if len(set(columns)) < len(columns):
        message = f"A column is named twice: {lines[0]}"
        raise ValueError(message)
    drawn = lines[2:] if len(lines) > 1 and not lines[1].strip("-+") else lines[1:]
    rows = [_cells(line) for line in drawn]
    for line, row in zip(drawn, rows, strict=True):
        if len(row) != len(columns):
            message = f"A row has {len(row)} cells, its table {len(columns)} columns: {line}"
            raise ValueError(message)
    return TextTable(columns, tuple(tuple(map(_value, row)) for row in rows))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split(BETWEEN))


def _value(cell: str) -> str | None:
    return "" if cell == EMPTY_TEXT else cell or None
