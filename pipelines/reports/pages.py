"""The HTML reports, made from the published audit alone: self-contained files that open from disk.

Worklist, one page a case, summary and metrics that name nobody, run page, rules page, dictionary. The same audit gives
the same bytes; nothing is loaded from anywhere, and every value of a delivery is escaped.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from pipelines.ground.files import make_folder
from pipelines.ground.program_files import home, pages_version
from pipelines.ground.progress import SILENCE
from pipelines.ground.queries import query
from pipelines.ground.warehouse import one_number
from pipelines.reports import words
from pipelines.reports.case_file import read_rows
from pipelines.reports.case_pages import Beside, write_case_pages
from pipelines.reports.dictionary_page import dictionary_page_facts
from pipelines.reports.file_names import without_names
from pipelines.reports.frame import make_environment, read_stamp, write_page
from pipelines.reports.kept_pages import NO_PAGES, standing_pages, write_record
from pipelines.reports.metrics_page import best_known, flagged_count, metrics_page, version_lines
from pipelines.reports.rules_page import dossier_facts, rules_page_facts
from pipelines.reports.run_page import feed_rows, run_page_facts
from pipelines.reports.summary_page import RunPoint, run_points, summary_page_facts
from pipelines.reports.worklist_page import worklist_page_facts
from pipelines.review.metrics import no_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipelines.ground.progress import Progress
    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row
    from pipelines.reports.kept_pages import Standing
    from pipelines.reports.payer_words import LetterTemplate
    from pipelines.review.metrics import Metrics
    from pipelines.rule.dossier import Policy


class Pages(NamedTuple):
    """The pages of an audit: the HTML files, the worklist first and then a page a case, best first; their record.

    ``made`` are the cases whose page was not taken as it stands.
    """

    paths: tuple[Path, ...]
    record: Path
    made: tuple[str, ...]


def write_pages(
    connection: Connection,
    folder: Path,
    *,
    policies: Sequence[Policy] = (),
    payer: LetterTemplate | None = None,
    history: Sequence[RunPoint] | None = None,
    decisions: Sequence[Row] = (),
    review: Sequence[Row] = (),
    figures: Metrics | None = None,
    standing: Standing | None = None,
    progress: Progress = SILENCE,
) -> Pages:
    """The pages written into ``folder``.

    ``connection`` reads the published audit, whose tables it can name without their schema. ``policies`` are the
    dossiers; one that is not the run's own version is left out, and the rules page then says so. ``payer`` are the
    payer's own words, of which case pages show the rights. ``history`` gives the runs of the trend; without it they are
    those of ``run_history``, where the audit has that table. ``decisions`` are what people recorded, in order, and
    ``review`` where each case's review stands; ``figures`` are made of both (without them: nobody decided anything).
    Case pages that are the same in the publish ``standing`` stay what they are there. ``progress`` is told how many
    pages are written, and how many there are in all. Pages of cases that are no longer there are removed.
    Raises ``StimauditError`` where a case id cannot be a file name.
    """
    environment = make_environment()
    stamp = read_stamp(connection)
    feeds = feed_rows(connection)
    context = {"stamp": stamp, "words": words}
    cases = folder / "cases"
    for place in (folder, cases):
        make_folder(place)
    write = partial(write_page, environment, context)
    standing_reviews = {row["case_id"]: row for row in review}
    figures = figures or no_metrics(run_id=stamp.run_id, as_of=stamp.as_of_date)
    written = [
        write(folder / "worklist.html", "worklist.html.j2", **worklist_page_facts(connection, standing_reviews)),
        write(
            folder / "summary.html",
            "summary.html.j2",
            precision=best_known(version_lines(figures, flagged_count=flagged_count(connection))),
            **summary_page_facts(connection, feeds, run_points(connection) if history is None else history),
        ),
        write(
            folder / "metrics.html",
            "metrics.html.j2",
            **metrics_page(connection, figures, review=review, decisions=decisions),
        ),
        write(
            folder / "run.html",
            "run.html.j2",
            reasons=[without_names(reason) for reason in stamp.grade_reasons],
            **run_page_facts(connection, feeds),
        ),
        write(folder / "rules.html", "rules.html.j2", **rules_page_facts(connection, stamp, policies)),
        write(folder / "dictionary.html", "dictionary.html.j2", **dictionary_page_facts(connection)),
    ]
    total = len(written) + one_number(connection, "select count(*) from episode_review where outcome <> 'excluded'")
    done = count(len(written) + 1)
    made = write_case_pages(
        connection,
        environment,
        context,
        cases,
        beside=Beside(
            labels=_labels(connection),
            feeds=feeds,
            dossiers=dossier_facts(stamp, policies),
            payer=payer,
            reviews=standing_reviews,
            decisions=_by_case(decisions),
            nights=_by_case(_nights(connection)),
            made_with=pages_version(home()),
        ),
        standing=standing_pages(standing, stamp) if standing else NO_PAGES,
        written=lambda: progress.pages_written(next(done), total),
    )
    record = write_record(folder, made.kept)
    for stale in set(cases.glob("*.html")) - set(made.paths):
        stale.unlink()
    return Pages((*written, *made.paths), record, made.made)


def _labels(connection: Connection) -> dict[str, str]:
    """Our own label of every code, the first one where several sets carry it."""
    rows = connection.execute(
        "select code, min_by(label, (value_set_name, row_number)) from value_set "
        "where code is not null and label is not null and not contains(code_system, 'prefix') group by code"
    ).fetchall()
    return {str(code): str(label) for code, label in rows}


def _nights(connection: Connection) -> list[Row]:
    """What became of each case night by night, unchanged nights left out; nothing where no history is published."""
    found = connection.execute("select count(*) from duckdb_tables() where table_name = 'case_version'").fetchall()
    if not found[0][0]:
        return []
    return read_rows(connection, query("case_night"))


def _by_case(rows: Iterable[Row]) -> dict[str, list[Row]]:
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        cases[row["case_id"]].append(row)
    return cases
