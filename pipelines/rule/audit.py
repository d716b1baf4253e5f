"""The audit stage: from the candidates' history to episodes, criteria and outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.warehouse import MEMORY_LIMIT, open_warehouse
from pipelines.rule.models import TRANSFORMS, build, read_models

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


def audit(
    *, working: Path, sql: Path, run_id: str, memory_limit: str = MEMORY_LIMIT, threads: int | None = None
) -> None:
    """Makes the schemas ``intermediate`` and ``audit`` in the working file, from what ``narrow`` left there.

    Nothing here reads the clock, the environment or the landed history; the same working file gives the same tables.
    """
    with open_warehouse(working, memory_limit=memory_limit, threads=threads) as connection:
        judge(connection, sql, run_id=run_id)


def judge(connection: Connection, sql: Path, *, run_id: str) -> None:
    """Makes every model of ``intermediate`` and ``audit`` in ``connection``; ``run_id`` marks each episode."""
    connection.execute("update staging.run set run_id = $run_id", {"run_id": run_id})
    build(connection, read_models(sql, ["intermediate", "audit"]), TRANSFORMS)
