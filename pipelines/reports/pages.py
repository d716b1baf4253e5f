"""The HTML reports, made from the published audit alone: self-contained files that open from disk.

Worklist, one page a case, summary and metrics that name nobody, run page, rules page, dictionary. The same audit gives
the same bytes; nothing is loaded from anywhere, and every value of a delivery is escaped.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from pipelines.ground.errors import StimauditError
from pipelines.ground.files import make_folder
from pipelines.ground.progress import SILENCE
from pipelines.ground.queries import query
from pipelines.reports import words
from pipelines.reports.case_file import read_case_files, read_rows
from pipelines.reports.case_page import case_page
from pipelines.reports.dictionary_page import dictionary_page_facts
from pipelines.reports.file_names import without_names
from pipelines.reports.frame import CASE_ID, make_environment, read_stamp, write_page
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
    from pipelines.reports.payer_words import LetterTemplate
    from pipelines.review.metrics import Metrics
    from pipelines.rule.dossier import Policy


CASES_AT_ONCE = 400
PLACE_TO_FILL = "["


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
    progress: Progress = SILENCE,
) -> tuple[Path, ...]:
    """The HTML files written below ``folder``, the worklist first and then a page a case, best first.

    ``connection`` reads the published audit, whose tables it can name without their schema. ``policies`` are the
    dossiers; one that is not the run's own version is left out, and the rules page then says so. ``payer`` are the
    payer's own words, of which case pages show the rights. ``history`` gives the runs of the trend; without it they are
    those of ``run_history``, where the audit has that table. ``decisions`` are what people recorded, in order, and
    ``review`` where each case's review stands; ``figures`` are made of both (without them: nobody decided anything).
    ``progress`` is told how many pages are written, and how many there are in all. Pages of cases that are no longer
    there are removed.
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
    standing = {row["case_id"]: row for row in review}
    figures = figures or no_metrics(run_id=stamp.run_id, as_of=stamp.as_of_date)
    written = [
        write(folder / "worklist.html", "worklist.html.j2", **worklist_page_facts(connection, standing)),
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
    count = connection.execute("select count(*) from episode_review where outcome <> 'excluded'").fetchall()[0][0]
    labels = _labels(connection)
    dossiers = dossier_facts(stamp, policies)
    nights = _by_case(_nights(connection))
    decided = _by_case(decisions)
    total = len(written) + count
    for case in read_case_files(connection, batch=CASES_AT_ONCE):
        path = cases / f"{_safe(case.review['case_id'])}.html"
        page = case_page(case, labels=labels, feeds=feeds)
        case_id = case.review["case_id"]
        written.append(
            write(
                path,
                "case.html.j2",
                page=page,
                policy=dossiers.get(case.review["policy_id"]),
                rights=_rights(payer, case.review["line_of_business"]),
                standing=standing.get(case_id),
                decisions=decided.get(case_id, []),
                nights=nights.get(case_id, []),
            )
        )
        progress.pages_written(len(written), total)
    for stale in set(cases.glob("*.html")) - set(written):
        stale.unlink()
    return tuple(written)


def _safe(case_id: str) -> str:
    if not CASE_ID.fullmatch(case_id):
        message = (
            "A case id holds something other than letters, digits, dots, hyphens and underscores, so no page can be "
            "named after it. This is a fault of the program: report it."
        )
        raise StimauditError(message)
    return case_id


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


def _rights(payer: LetterTemplate | None, line_of_business: str | None) -> dict[str, str] | None:
    """The payer's text of rights for a line of business and where it is from; none where it is not there or not filled.

    ``line_of_business`` of it is blank where the text is the one for all.
    """
    text = payer.rights_of(line_of_business) if payer else ""
    if payer is None or PLACE_TO_FILL in text:
        return None
    own = line_of_business if line_of_business in payer.rights_by_line_of_business else ""
    return {"text": text, "line_of_business": own or "", "template_version": payer.template_version}
