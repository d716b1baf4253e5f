"""The worklist as CSV, for other systems.

No cell can execute: a text that a spreadsheet could take for a formula gets an apostrophe in front (CWE-1236). Dates
and amounts stay dates and numbers, identifiers stay text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


WORKLIST_CSV = "worklist.csv"

# A cell is dangerous by its first character; some readers trim blanks and fold full-width signs before they look.
DANGEROUS_START = "^(\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n])"
LIST_SEPARATOR = "; "


def worklist_frame(connection: Connection) -> pl.DataFrame:
    """One row per finding, best first, as the files show it: lists joined, no text that could run as a formula."""
    findings = connection.execute("from finding order by priority_score desc nulls last, anchor_date, episode_id").pl()
    joined = findings.with_columns(
        pl.col(name).list.eval(pl.element().cast(pl.String)).list.join(LIST_SEPARATOR)
        for name, kind in findings.schema.items()
        if isinstance(kind, pl.List)
    )
    return joined.with_columns(_harmless(name) for name, kind in joined.schema.items() if kind == pl.String)


def write_worklist_csv(connection: Connection, path: Path) -> None:
    """Writes ``audit.finding`` as CSV: UTF-8, ISO dates, plain decimals; the same findings give the same bytes."""
    worklist_frame(connection).write_csv(path)


def _harmless(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.when(text.str.contains(DANGEROUS_START)).then(pl.lit("'") + text).otherwise(text).alias(name)
