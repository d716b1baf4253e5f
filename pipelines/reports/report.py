"""Report: what people read, made from the published audit and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.ground.encryption import key_in_use
from pipelines.ground.errors import UsageError
from pipelines.ground.files import make_folder, partial_path, swap_in
from pipelines.ground.program_files import home
from pipelines.ground.progress import SILENCE
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.publishing.conservation import check_conservation
from pipelines.publishing.publish import write_manifest
from pipelines.publishing.worklist_csv import WORKLIST_CSV, write_worklist_csv
from pipelines.reports.pages import write_pages
from pipelines.reports.payer_words import payers_template
from pipelines.reports.workbook import write_workbook
from pipelines.review.case_review import published_review
from pipelines.review.decisions import read_decisions
from pipelines.review.metrics import metrics
from pipelines.review.sample import read_samples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.ground.progress import Progress
    from pipelines.ground.warehouse import Connection
    from pipelines.rule.dossier import Policy


WORKLIST_XLSX = "worklist.xlsx"
PAGES_FOLDER = "report"


@dataclass(frozen=True)
class Reports:
    """Where the reports of a run are; none are there where the audit is encrypted and nobody asked for them."""

    worklist: Path | None
    pages: tuple[Path, ...]
    """The HTML pages, the worklist first and then a page a case."""
    manifest: Path


def report(
    published: Path,
    *,
    policies: Sequence[Policy] = (),
    progress: Progress = SILENCE,
) -> Reports:
    """The reports of the audit in ``published``, beside it; made again they are the same bytes.

    ``policies`` are the dossiers for the rules page; ``progress`` is told how many pages are done and of how many.
    Decisions and the payer's own words are taken from ``decisions`` and ``letter.toml`` in the folder above. With a
    key in use there are none, for no spreadsheet and no browser opens an encrypted file: see ``report_to``.

    Raises ``UsageError`` when nothing is published there, or the payer's words cannot be read.
    """
    _check_published(published)
    worklist: Path | None = None
    pages: tuple[Path, ...] = ()
    with open_published(published) as connection:
        run_id, as_of = connection.execute("select run_id, as_of_date from run").fetchall()[0]
        if key_in_use() is None:
            worklist, pages = _write(connection, published, published, policies, progress)
    return Reports(worklist=worklist, pages=pages, manifest=write_manifest(published, run_id=run_id, as_of=as_of))


def report_to(published: Path, folder: Path, *, policies: Sequence[Policy] = ()) -> tuple[Path, ...]:
    """The reports of the audit in ``published`` written in the clear into ``folder``: workbook, CSV, pages.

    The workbook comes first, then the CSV, then the pages as in ``Reports``. Raises ``UsageError`` when nothing is
    published, and for a folder that lies in the output folder, where nothing may stand in the clear.
    """
    _check_published(published)
    check_outside(folder, published.parent)
    if not folder.is_dir():
        make_folder(folder)
    with open_published(published) as connection:
        part = partial_path(folder / WORKLIST_CSV)
        write_worklist_csv(connection, part)
        check_conservation(connection, part, sql=home().sql)
        swap_in(part, folder / WORKLIST_CSV)
        worklist, pages = _write(connection, published, folder, policies, SILENCE)
    return (worklist, folder / WORKLIST_CSV, *pages)


def check_outside(folder: Path, out: Path) -> None:
    """Nothing where ``folder`` may take files in the clear; ``UsageError`` where it lies in the output folder."""
    if folder.resolve().is_relative_to(out.resolve()):
        message = (
            f"The folder {folder} lies in the output folder, which is the program's own. Name one outside of it, on a "
            "disk that only those may read who may see members' claims."
        )
        raise UsageError(message)


def _check_published(published: Path) -> None:
    if not (published / DATABASE_FILE).is_file():
        message = (
            f"There is no published audit in {published}. "
            "Name the output folder of a run, or make one with `stimaudit run` or `stimaudit demo`."
        )
        raise UsageError(message)


def _write(
    connection: Connection,
    published: Path,
    folder: Path,
    policies: Sequence[Policy],
    progress: Progress,
) -> tuple[Path, tuple[Path, ...]]:
    """The workbook and the pages, written into ``folder``."""
    store = published.with_name("decisions")
    payer = payers_template(published.parent)
    run_id, as_of = connection.execute("select run_id, as_of_date from run").fetchall()[0]
    decisions, review = read_decisions(store), published_review(connection, store)
    part = partial_path(folder / WORKLIST_XLSX)
    write_workbook(connection, part, as_of=as_of, review=review)
    pages = write_pages(
        connection,
        folder / PAGES_FOLDER,
        policies=policies,
        payer=payer,
        decisions=decisions.to_dicts(),
        review=review.to_dicts(),
        figures=metrics(decisions, review, run_id=run_id, as_of=as_of, samples=read_samples(store)),
        progress=progress,
    )
    swap_in(part, folder / WORKLIST_XLSX)
    return folder / WORKLIST_XLSX, pages
