"""Report: what people read, made from the published audit and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.decisions import published_review, read_decisions
from pipelines.errors import UsageError
from pipelines.metrics import published_metrics
from pipelines.publish import DATABASE_FILE, open_published, swap_in, write_manifest
from pipelines.reports.letter import payers_template
from pipelines.reports.pages import write_pages
from pipelines.reports.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pipelines.policy import Policy

WORKLIST_XLSX = "worklist.xlsx"
PAGES_FOLDER = "report"


@dataclass(frozen=True)
class Reports:
    """Where the reports of a run are."""

    worklist: Path
    pages: tuple[Path, ...]
    """The HTML pages, the worklist first and then a page a case."""
    manifest: Path


def report(
    published: Path,
    *,
    policies: Sequence[Policy] = (),
    pages_written: Callable[[int, int], None] | None = None,
) -> Reports:
    """The reports of the audit in ``published``, beside it; made again they are the same bytes.

    ``policies`` are the dossiers for the rules page; ``pages_written`` is told how many pages are done and of how many.
    Decisions and the payer's own words are taken from ``decisions`` and ``letter.toml`` in the folder above.

    Raises ``UsageError`` when nothing is published there, or the payer's words cannot be read.
    """
    if not (published / DATABASE_FILE).is_file():
        message = (
            f"There is no published audit in {published}. "
            "Name the output folder of a run, or make one with `stimaudit run` or `stimaudit demo`."
        )
        raise UsageError(message)
    store = published.with_name("decisions")
    payer = payers_template(published.parent)
    part = published / f"{WORKLIST_XLSX}.part"
    with open_published(published) as connection:
        run_id, as_of = connection.execute("select run_id, as_of_date from run").fetchall()[0]
        review = published_review(connection, store)
        write_workbook(connection, part, as_of=as_of, review=review)
        pages = write_pages(
            connection,
            published / PAGES_FOLDER,
            policies=policies,
            payer=payer,
            decisions=read_decisions(store).to_dicts(),
            review=review.to_dicts(),
            figures=published_metrics(connection, store),
            progress=pages_written,
        )
    swap_in(part, published / WORKLIST_XLSX)
    return Reports(
        worklist=published / WORKLIST_XLSX,
        pages=pages,
        manifest=write_manifest(published, run_id=run_id, as_of=as_of),
    )
