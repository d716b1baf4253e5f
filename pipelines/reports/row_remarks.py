"""What is remarked of the rows that touch an episode: mended, doubtful and set aside, a line a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.reports.words import REMARK_KINDS, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any


SHOWN_ROWS = 5


@dataclass(frozen=True)
class RowRemark:
    """One remark on an episode, in words, with the rows that it is about."""

    kind: str
    kind_word: str
    text: str
    rows: str


def row_remarks(remarks: Iterable[Mapping[str, Any]]) -> tuple[RowRemark, ...]:
    """The remarks on one episode by sentence, in the order of ``remarks``, each with the first of its rows."""
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for remark in remarks:
        grouped.setdefault((remark["remark_kind"], remark["remark_text"]), []).append(remark)
    return tuple(RowRemark(kind, REMARK_KINDS[kind], text, _places(rows)) for (kind, text), rows in grouped.items())


def doubts_word(remarks: Sequence[Mapping[str, Any]]) -> str:
    """How many doubts touch an episode, for a list: `2 doubts`; an empty text for none. Mended rows are no doubt."""
    count = len({remark["remark_text"] for remark in remarks if remark["remark_kind"] != "repaired"})
    return plural(count, "doubt") if count else ""


def _places(rows: Sequence[Mapping[str, Any]]) -> str:
    """Where the rows stand: file, row, claim and line, as far as there are any."""
    told = [place for row in rows[:SHOWN_ROWS] if (place := _place(row))]
    more = len(rows) - SHOWN_ROWS
    return "; ".join(told) + (f"; and {more:,} more" if more > 0 else "")


def _place(row: Mapping[str, Any]) -> str:
    parts = []
    if row["claim_id"]:
        parts.append(
            f"claim {row['claim_id']}" + (f" line {row['claim_line_number']}" if row["claim_line_number"] else "")
        )
    if row["column_names"]:
        parts.append(", ".join(row["column_names"]))
    if row["source_file"] and row["source_row"] is not None:
        parts.append(f"{row['source_file']} row {row['source_row']} of delivery {row['delivery_number']}")
    return ", ".join(parts)
