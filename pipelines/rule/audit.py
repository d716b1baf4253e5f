"""The audit stage: from the candidates' history to episodes, criteria and outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.ground.warehouse import MEMORY_LIMIT, open_warehouse, put_frame
from pipelines.rule.models import TRANSFORMS, build, read_models

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


EARLIER_CASE: Mapping[str, pl.DataType] = {
    "case_id": pl.String(),
    "member_id": pl.String(),
    "anchor_date": pl.Date(),
    "index_claim_ids": pl.List(pl.String()),
}
"""What names a case that was published before: its last known name, member, anchor date and claims."""


def audit(
    *,
    working: Path,
    sql: Path,
    run_id: str,
    earlier_cases: pl.DataFrame,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> None:
    """Makes the schemas ``intermediate`` and ``audit`` in the working file, from what ``narrow`` left there.

    ``earlier_cases`` are the cases of earlier publishes, whose names go on (``publishing.history.earlier_cases``).
    Nothing here reads the clock, the environment or the landed history; the same working file and cases give the same
    tables.
    """
    with open_warehouse(working, memory_limit=memory_limit, threads=threads) as connection:
        judge(connection, sql, run_id=run_id, earlier_cases=earlier_cases)


def judge(connection: Connection, sql: Path, *, run_id: str, earlier_cases: pl.DataFrame | None = None) -> None:
    """Makes every model of ``intermediate`` and ``audit`` in ``connection``; ``run_id`` marks each episode.

    Without ``earlier_cases`` every case is a new one.
    """
    known = pl.DataFrame(schema=EARLIER_CASE) if earlier_cases is None else earlier_cases.select(*EARLIER_CASE)
    put_frame(connection, "run_facts.run_name", pl.DataFrame({"run_id": [run_id]}))
    put_frame(connection, "run_facts.earlier_case", known)
    build(connection, read_models(sql, ["intermediate", "audit"]), TRANSFORMS)
