"""Report: what people read, made from the published audit and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.decisions import published_review
from pipelines.errors import UsageError
from pipelines.publish import DATABASE_FILE, open_published, swap_in, write_manifest
from pipelines.reports.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

WORKLIST_XLSX = "worklist.xlsx"


@dataclass(frozen=True)
class Reports:
    """Where the reports of a run are."""

    worklist: Path
    manifest: Path


def report(published: Path) -> Reports:
    """The reports of the audit in ``published``, beside it; made again they are the same bytes.

    Raises ``UsageError`` when nothing is published there.
    """
    if not (published / DATABASE_FILE).is_file():
        message = (
            f"There is no published audit in {published}. "
            "Name the output folder of a run, or make one with `stimaudit run` or `stimaudit demo`."
        )
        raise UsageError(message)
    part = published / f"{WORKLIST_XLSX}.part"
    with open_published(published) as connection:
        run_id, as_of = connection.execute("select run_id, as_of_date from run").fetchall()[0]
        review = published_review(connection, published.with_name("decisions"))
        write_workbook(connection, part, as_of=as_of, review=review)
    swap_in(part, published / WORKLIST_XLSX)
    return Reports(
        worklist=published / WORKLIST_XLSX,
        manifest=write_manifest(published, run_id=run_id, as_of=as_of),
    )
