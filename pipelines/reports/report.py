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
from pipelines.publishing.history import settle
from pipelines.publishing.older_publishes import is_older
from pipelines.publishing.publishes import (
    KEEP_PUBLISHES,
    MANIFEST,
    PUBLISHED_LINK,
    SNAPSHOT_DAYS,
    begin,
    building_folder,
    finish,
    free_name,
    is_standing,
    let_go,
    read_publish,
    share_file,
    swing,
    throw_away,
)
from pipelines.publishing.worklist_csv import WORKLIST_CSV, write_worklist_csv
from pipelines.reports.kept_pages import Standing
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
    made: tuple[str, ...]
    """The cases whose page was made: the others stand as they did in the publish before."""
    manifest: Path


@dataclass(frozen=True)
class _Written:
    """The reports that were written aside: workbook, pages and their record; the cases whose page was made."""

    worklist: Path
    pages: tuple[Path, ...]
    record: Path
    made: tuple[str, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.worklist, self.record, *self.pages)


def stand(
    out: Path,
    *,
    name: str,
    written: Sequence[str],
    policies: Sequence[Policy] = (),
    progress: Progress = SILENCE,
    keep_publishes: int = KEEP_PUBLISHES,
    snapshot_days: int = SNAPSHOT_DAYS,
) -> Reports:
    """The reports of the publish that is being built in ``out``, which from then on stands under ``name``.

    ``written`` are the files that ``publish`` wrote. Decisions and the payer's own words are taken from ``decisions``
    and ``letter.toml`` in ``out``; ``policies`` are the dossiers for the rules page; ``progress`` is told how many
    pages are done and of how many. The reports are written beside the file, the folder is made durable and named, the
    link swings to it, and the entry of the history that was pending is one: until the swing nothing was published,
    after it all was. Where every file comes out as it stands, the run was published before, and that publish stays.
    Then older publishes are let go. With a key in use there are no reports, for no spreadsheet and
    no browser opens an encrypted file: see ``report_to``.
    """
    folder = building_folder(out)
    made = _write_in(folder, out, policies, progress)
    files = [*written, *_names_in(folder, made)]
    if is_standing(out, files):
        throw_away(out)
    else:
        finish(out, name, written=files)
        swing(out, name)
        settle(out / "history", name)
    let_go(out, keep_publishes=keep_publishes, days=snapshot_days)
    return _standing(out, made)


def report(out: Path, *, policies: Sequence[Policy] = (), progress: Progress = SILENCE) -> Reports:
    """The reports of the audit that stands in ``out``, made again with today's decisions, in a further publish.

    The file and what was written beside it are the same; the new folder takes the place of the old one in one rename.
    Where the reports come out the same, the old one stays. Raises ``UsageError`` when nothing is published there, or
    the payer's words cannot be read.
    """
    _check_published(out)
    if is_older(out):
        message = (
            f"{out} is published in the form of an older version. The next `stimaudit run` takes it over; "
            "`stimaudit report --to FOLDER` writes its reports elsewhere."
        )
        raise UsageError(message)
    standing = out / PUBLISHED_LINK
    old = read_publish(standing)
    folder = begin(out)
    kept = [file.name for file in old.files if not _is_report(file.name)]
    for name in kept:
        share_file(standing / name, folder / name)
    made = _write_in(folder, out, policies, progress)
    written = [*kept, *_names_in(folder, made)]
    if is_standing(out, written):
        throw_away(out)
    else:
        name = free_name(out, old.run_id)
        finish(out, name, written=written)
        swing(out, name)
    return _standing(out, made)


def _is_report(name: str) -> bool:
    return name == WORKLIST_XLSX or name.startswith(f"{PAGES_FOLDER}/")


def _names_in(folder: Path, made: _Written | None) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in made.files] if made else []


def _standing(out: Path, made: _Written | None) -> Reports:
    """The reports by where they stand now, after they were written aside."""
    aside, published = building_folder(out), out / PUBLISHED_LINK
    if made is None:
        return Reports(None, (), (), published / MANIFEST)
    return Reports(
        worklist=published / made.worklist.relative_to(aside),
        pages=tuple(published / page.relative_to(aside) for page in made.pages),
        made=made.made,
        manifest=published / MANIFEST,
    )


def _write_in(folder: Path, out: Path, policies: Sequence[Policy], progress: Progress) -> _Written | None:
    if key_in_use() is not None:
        return None
    with open_published(folder) as connection:
        return _write(connection, out, folder, policies, progress, may_share=True)


def report_to(out: Path, folder: Path, *, policies: Sequence[Policy] = ()) -> tuple[Path, ...]:
    """The reports of the audit that stands in ``out`` written in the clear into ``folder``: workbook, CSV, pages.

    The workbook comes first, then the CSV, then the pages as in ``Reports``. Raises ``UsageError`` when nothing is
    published, and for a folder that lies in the output folder, where nothing may stand in the clear.
    """
    _check_published(out)
    check_outside(folder, out)
    if not folder.is_dir():
        make_folder(folder)
    with open_published((out / PUBLISHED_LINK).resolve()) as connection:
        part = partial_path(folder / WORKLIST_CSV)
        write_worklist_csv(connection, part)
        check_conservation(connection, part, sql=home().sql)
        swap_in(part, folder / WORKLIST_CSV)
        made = _write(connection, out, folder, policies, SILENCE, may_share=False)
    return (made.worklist, folder / WORKLIST_CSV, *made.pages)


def check_outside(folder: Path, out: Path) -> None:
    """Nothing where ``folder`` may take files in the clear; ``UsageError`` where it lies in the output folder."""
    if folder.resolve().is_relative_to(out.resolve()):
        message = (
            f"The folder {folder} lies in the output folder, which is the program's own. Name one outside of it, on a "
            "disk that only those may read who may see members' claims."
        )
        raise UsageError(message)


def _check_published(out: Path) -> None:
    if not (out / PUBLISHED_LINK / DATABASE_FILE).is_file():
        message = (
            f"There is no published audit in {out / PUBLISHED_LINK}. "
            "Name the output folder of a run, or make one with `stimaudit run` or `stimaudit demo`."
        )
        raise UsageError(message)


def _write(
    connection: Connection,
    out: Path,
    folder: Path,
    policies: Sequence[Policy],
    progress: Progress,
    *,
    may_share: bool,
) -> _Written:
    """The workbook and the pages, written into ``folder``; they may share files with the publish that stands."""
    store = out / "decisions"
    payer = payers_template(out)
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
        standing=Standing((out / PUBLISHED_LINK).resolve(), PAGES_FOLDER, may_share=may_share),
        progress=progress,
    )
    swap_in(part, folder / WORKLIST_XLSX)
    return _Written(folder / WORKLIST_XLSX, pages.paths, pages.record, pages.made)
