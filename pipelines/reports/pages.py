"""The HTML reports, made from the published audit alone: self-contained files that open from disk.

Worklist, one page a case, summary and metrics that name nobody, run page, rules page. The same audit gives the same
bytes; nothing is loaded from anywhere, and every value of a delivery is escaped.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.errors import StimauditError
from pipelines.metrics import no_metrics
from pipelines.reports import words
from pipelines.reports.case_file import CASE_ORDER, read_case_files, read_rows
from pipelines.reports.case_page import case_page
from pipelines.reports.charts import TrendPoint, bar_chart, described, trend_chart
from pipelines.reports.metrics_page import best_known, flagged_count, metrics_page, version_lines
from pipelines.reports.since_last_run import CHANGED, NEW, since_last_run
from pipelines.reports.suppression import may_show, rounded_up, shown_groups, shown_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from pipelines.metrics import Metrics
    from pipelines.policy import Policy
    from pipelines.reports.case_file import Row
    from pipelines.reports.letter import LetterTemplate
    from pipelines.reports.suppression import ShownGroup, ShownStep
    from pipelines.warehouse import Connection

TEMPLATES = Path(__file__).parent / "templates"
WORKLIST_ROWS = 2_000
HOLD_ROWS = 300
CLINICAL_ROWS = 300
CASES_AT_ONCE = 400
FILE_MODE, FOLDER_MODE = 0o640, 0o750
CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
TREND_RUNS = 30
PLACE_TO_FILL = "["

FEEDS: Mapping[str, str] = {
    "medical_claim": "Claims",
    "claim_diagnosis": "Diagnoses of claims",
    "claim_procedure": "Procedure rows of stays",
    "pharmacy_claim": "Drug fills",
    "eligibility": "Enrolment",
    "prior_authorization": "Prior authorizations",
    "care_documentation": "Care documentation",
    "drug_crosswalk": "Drug code crosswalk",
}
FEED_MEANS: Mapping[str, str] = {
    "claim_diagnosis": "Diagnoses must stand on the claim lines.",
    "claim_procedure": "Implants coded on stays only by procedure rows do not show.",
    "pharmacy_claim": "Drug treatment cannot be told.",
    "eligibility": "Enrolment cannot be told; episodes that lack care are on hold.",
    "prior_authorization": "Approvals cannot be told.",
    "care_documentation": "Whether failure is documented cannot be told.",
    "drug_crosswalk": "Drug codes are matched without it.",
}
# The funnel's own words, where a report must choose others.
FUNNEL_REASONS: Mapping[str, str] = {
    "denied, reversed, voided or replaced": "not paid, reversed, voided or replaced",
}


@dataclass(frozen=True)
class RunPoint:
    """One run of the history, for the trend: its date, episodes flagged, and those held where that is known."""

    run_id: str
    as_of_date: date
    flagged_count: int
    not_assessable_count: int | None = None


@dataclass(frozen=True)
class Stamp:
    """What every page says about the run it was made from."""

    run_id: str
    as_of_date: date
    data_through_date: date | None
    made_at_utc: str
    code_version: str
    policies: tuple[str, ...]
    landed_digest: str
    grade: str
    grade_reasons: tuple[str, ...]
    value_set_versions: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def is_synthetic(self) -> bool:
        """Whether whoever started the run said that its extracts are made-up data."""
        return bool(self.parameters.get("synthetic_data"))


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
    progress: Callable[[int, int], None] | None = None,
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
    feeds = _feeds(connection)
    context = {"stamp": stamp, "words": words}
    cases = folder / "cases"
    for place in (folder, cases):
        place.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        place.chmod(FOLDER_MODE)
    write = partial(_write, environment, context)
    standing = {row["case_id"]: row for row in review}
    figures = figures or no_metrics(run_id=stamp.run_id, as_of=stamp.as_of_date)
    written = [
        write(folder / "worklist.html", "worklist.html.j2", **_worklist(connection, standing)),
        write(
            folder / "summary.html",
            "summary.html.j2",
            precision=best_known(version_lines(figures, flagged_count=flagged_count(connection))),
            **_summary(connection, stamp, feeds, _run_points(connection) if history is None else history),
        ),
        write(
            folder / "metrics.html",
            "metrics.html.j2",
            **metrics_page(connection, figures, review=review, decisions=decisions),
        ),
        write(folder / "run.html", "run.html.j2", **_run(connection, feeds)),
        write(folder / "rules.html", "rules.html.j2", **_rules(connection, stamp, policies)),
    ]
    count = connection.execute("select count(*) from episode_review where outcome <> 'excluded'").fetchall()[0][0]
    labels = _labels(connection)
    dossiers = _dossiers(stamp, policies)
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
        if progress is not None:
            progress(len(written), total)
    for stale in set(cases.glob("*.html")) - set(written):
        stale.unlink()
    return tuple(written)


def write_worklist_page(connection: Connection, path: Path) -> Path:
    """The worklist page alone, at ``path``, as it is where nobody has decided anything."""
    context = {"stamp": read_stamp(connection), "words": words}
    return _write(make_environment(), context, path, "worklist.html.j2", **_worklist(connection, {}))


def make_environment() -> Environment:
    """The templates, with autoescape on and every name that is missing an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        day=words.day,
        dollars=words.dollars,
        masked=words.masked,
        diagnosis=words.diagnosis,
        phrase=words.phrase,
        sentence=words.sentence_case,
        count=lambda value: f"{value:,}",
    )
    return environment


def read_stamp(connection: Connection) -> Stamp:
    """The stamp of the published run. The data go through the newest service that the audited episodes show."""
    [run] = read_rows(connection, "from run")
    [[data_through]] = connection.execute(
        "select max(claim_line_start_date) from claim_line_state where claim_line_start_date <= $as_of",
        {"as_of": run["as_of_date"]},
    ).fetchall()
    return Stamp(
        run_id=run["run_id"],
        as_of_date=run["as_of_date"],
        data_through_date=data_through,
        made_at_utc=f"{run['finished_at_utc']:%Y-%m-%d %H:%M} UTC",
        code_version=run["code_version"],
        policies=tuple(" ".join(version.split()[:2]) for version in run["policy_versions"]),
        landed_digest=run["landed_digest"][:12],
        grade=run["grade"],
        grade_reasons=tuple(run["grade_reasons"]),
        value_set_versions=tuple(run["value_set_versions"]),
        parameters=json.loads(run["parameters"]),
    )


def _write(environment: Environment, context: Mapping[str, Any], path: Path, template: str, **given: object) -> Path:
    path.write_text(environment.get_template(template).render(**context, **given), encoding="utf-8", newline="\n")
    path.chmod(FILE_MODE)
    return path


def _safe(case_id: str) -> str:
    if not CASE_ID.fullmatch(case_id):
        message = (
            "A case id holds something other than letters, digits, dots, hyphens and underscores, so no page can be "
            "named after it. This is a fault of the program: report it."
        )
        raise StimauditError(message)
    return case_id


def _feeds(connection: Connection) -> frozenset[str]:
    rows = connection.execute("select distinct table_name from delivered_file where table_name is not null").fetchall()
    return frozenset(row[0] for row in rows)


def _labels(connection: Connection) -> dict[str, str]:
    """Our own label of every code, the first one where several sets carry it."""
    rows = connection.execute(
        "select code, min_by(label, (value_set_name, row_number)) from value_set "
        "where code is not null and label is not null and not contains(code_system, 'prefix') group by code"
    ).fetchall()
    return {str(code): str(label) for code, label in rows}


def _worklist(connection: Connection, standing: Mapping[str, Row]) -> dict[str, object]:
    order = "order by priority_score desc nulls last, anchor_date, episode_id"
    totals = {
        outcome: (count, paid)
        for outcome, count, paid in connection.execute(
            "select outcome, count(*), sum(paid_amount) from episode_review group by outcome"
        ).fetchall()
    }
    flagged = read_rows(connection, f"from episode_review where outcome = 'flagged' {order} limit {WORKLIST_ROWS}")
    hold = read_rows(connection, f"from episode_review where outcome = 'not_assessable' {CASE_ORDER} limit {HOLD_ROWS}")
    clinical_filter = "where next_step = 'clinical_review'"
    clinical = read_rows(
        connection,
        f"from episode_review {clinical_filter} order by outcome desc, anchor_date, episode_id limit {CLINICAL_ROWS}",
    )
    [[clinical_count]] = connection.execute(f"select count(*) from episode_review {clinical_filter}").fetchall()
    news = since_last_run(connection)
    lines = _worklist_lines(connection, flagged)
    for line in lines:
        case_id = str(line["case_id"])
        line["news"] = news.word(case_id) if news else ""
        line["changed"] = news.changed(case_id) if news else ()
        review = standing.get(case_id)
        line["review_status"] = review["case_status"] if review else ""
        line["assignee"] = review["assignee"] if review else None
    return {
        "flagged": lines,
        "news": news,
        "new_count": news.count(NEW) if news else 0,
        "changed_count": news.count(CHANGED) if news else 0,
        "hold": _worklist_lines(connection, hold),
        "clinical": _worklist_lines(connection, clinical),
        "flagged_count": totals.get("flagged", (0, Decimal(0)))[0],
        "flagged_dollars": totals.get("flagged", (0, Decimal(0)))[1],
        "hold_count": totals.get("not_assessable", (0, Decimal(0)))[0],
        "clinical_count": clinical_count,
    }


def _worklist_lines(connection: Connection, reviews: Sequence[Row]) -> list[dict[str, object]]:
    criteria: dict[str, list[Row]] = {}
    for row in read_rows(
        connection,
        "from criterion_result where episode_id in (select unnest($names)) order by episode_id, criterion_number",
        {"names": [review["episode_id"] for review in reviews]},
    ):
        criteria.setdefault(row["episode_id"], []).append(row)
    lines = []
    for review in reviews:
        data, missing = words.completeness(review)
        lines.append(
            {
                **review,
                "why": words.short_reason(review, criteria.get(review["episode_id"], ())),
                "band": words.band(review["priority_score"]),
                "data": data,
                "data_missing": missing,
            }
        )
    return lines


def _run(connection: Connection, feeds: frozenset[str]) -> dict[str, object]:
    checks = read_rows(
        connection,
        "from data_quality order by case status when 'failed' then 1 when 'passed' then 2 else 3 end, "
        "severity, table_name, check_name",
    )
    files = read_rows(connection, "from delivered_file order by delivery_number desc, file_number, table_name")
    hold = connection.execute(
        "select outcome_reason, count(*) from episode_review where outcome = 'not_assessable' "
        "group by outcome_reason order by count(*) desc, outcome_reason"
    ).fetchall()
    return {
        "checks": checks,
        "check_counts": Counter(check["status"] for check in checks),
        "feeds": [_feed_line(table, name, files, is_supplied=table in feeds) for table, name in FEEDS.items()],
        "files": files,
        "rejected": read_rows(
            connection,
            "select table_name, file_name, column_name, rule, count(*) as row_count, min(source_row) as first_row "
            "from rejected_row group by table_name, file_name, column_name, rule "
            "order by count(*) desc, table_name, file_name, column_name, rule",
        ),
        "funnel": _funnel(connection),
        "hold": hold,
    }


def _feed_line(table: str, name: str, files: Iterable[Row], *, is_supplied: bool) -> dict[str, object]:
    own = [file for file in files if file["table_name"] == table and file["fate"] == "landed"]
    return {
        "table": table,
        "name": name,
        "is_supplied": is_supplied,
        "means": "" if is_supplied else FEED_MEANS.get(table, ""),
        "file_count": len(own),
        **{
            count: sum(file[count] or 0 for file in own)
            for count in ("row_count", "loaded_count", "repeat_count", "rejected_count")
        },
        "newest_delivery": max((file["delivery_number"] for file in own), default=None),
    }


def _funnel(connection: Connection) -> list[Row]:
    steps = read_rows(connection, "from funnel order by step_number")
    for step in steps:
        reason = step["reason"] or ""
        step["name"] = words.REASONS.get(reason, FUNNEL_REASONS.get(reason, words.sentence_case(reason)))
    return steps


def _summary(
    connection: Connection, stamp: Stamp, feeds: frozenset[str], history: Sequence[RunPoint]
) -> dict[str, object]:
    """What may be told of the run where nobody may be told of: counts from 11, no identifiers."""
    steps = [step for step in _funnel(connection) if step["unit"] == "episodes"]
    first = steps[0]["remaining_count"] if steps else 0
    shown = shown_steps(first, [(_step_name(step), step["left_count"]) for step in steps[1:]])
    counts = Counter(
        dict(connection.execute("select outcome, count(*) from episode_review group by outcome").fetchall())
    )
    is_flagged_shown = bool(shown and shown[-1].remaining_count is not None)
    bars = [("Implant episodes", first), *_bars(shown or ())]
    lines = [step for step in _funnel(connection) if step["unit"] == "claim lines"]
    line_steps = shown_steps(
        lines[0]["remaining_count"], [(_step_name(step), step["left_count"]) for step in lines[1:]]
    )
    tables = {}
    if is_flagged_shown and counts["flagged"]:
        tables = {
            title: _summary_groups(connection, column, names)
            for title, column, names in (
                ("Reason", "outcome_reason", words.REASONS),
                ("Suggested next step", "next_step", words.NEXT_STEPS),
                ("Policy", "policy_id", {}),
                ("Payment stage", "payment_stage", words.PAYMENT_STAGES),
            )
        }
    points = _trend_points(history)
    news = since_last_run(connection)
    return {
        "first": first if may_show(first) else None,
        "shown": shown,
        "line_first": lines[0]["remaining_count"],
        "line_steps": line_steps,
        "flagged_count": counts["flagged"] if is_flagged_shown else None,
        "flagged_dollars": _flagged_dollars(connection) if is_flagged_shown else None,
        "is_first_run": news is None or news.is_first,
        "new_count": news.shown_new_count() if news and is_flagged_shown else None,
        "held": _left_alone(shown, "Data hold"),
        "documented": _left_alone(shown, "Documented"),
        "chart": bar_chart(
            bars,
            name="funnel",
            title="How implant episodes became flagged episodes",
            description=described(bars),
        )
        if shown and len(bars) > 1
        else None,
        "tables": tables,
        "trend": points,
        "is_hold_known": any(point.not_assessable_count is not None for point in points),
        "trend_chart": trend_chart(
            points,
            name="trend",
            title="Flagged and held episodes by run",
            description="The same figures stand in the table below.",
        )
        if len(points) > 1
        else None,
        "missing_feeds": [name for table, name in FEEDS.items() if table not in feeds],
        "caveats": sorted({re.sub(r"\s*\([\d,]+\)$", "", reason) for reason in stamp.grade_reasons}),
    }


def _step_name(step: Mapping[str, Any]) -> str:
    """A step by what happened in it: exclusions and lines by their reason, outcomes by their own name."""
    outcomes = {"documented": "Documented", "not assessable": "Data hold", "flagged": "Flagged for review"}
    return outcomes.get(step["step"], str(step["name"]))


def _bars(shown: Sequence[ShownStep]) -> list[tuple[str, int]]:
    """The steps of the chart: those that took something away, and the last."""
    bars = []
    for step in shown:
        if step.remaining_count is None or (step.left_count == 0 and step is not shown[-1]):
            continue
        name = step.names[-1].split(":")[0]
        if step is not shown[-1] and len(step.names) > 1:
            name = f"{len(step.names)} steps to {name.lower()}"
        bars.append((name if step is shown[-1] else f"After: {name}", step.remaining_count))
    if len(bars) > 1 and bars[-1][1] == bars[-2][1]:
        del bars[-2]
    return bars


def _left_alone(shown: Sequence[ShownStep] | None, name: str) -> int | None:
    """How many left in a step that is shown by itself; none where it is told together with others."""
    return next(
        (step.left_count for step in shown or () if step.names == (name,) and step.remaining_count is not None), None
    )


def _flagged_dollars(connection: Connection) -> Decimal:
    [[paid]] = connection.execute(
        "select coalesce(sum(paid_amount), 0) from episode_review where outcome = 'flagged'"
    ).fetchall()
    return Decimal(paid)


def _summary_groups(
    connection: Connection, column: str, names: Mapping[str, str]
) -> list[tuple[ShownGroup, str, Decimal]]:
    rows = connection.execute(
        f"select coalesce({column}, 'not said'), count(*), sum(paid_amount) from episode_review "
        f"where outcome = 'flagged' group by 1 order by count(*) desc, 1"
    ).fetchall()
    groups = shown_groups([(names.get(word, word), count) for word, count, _ in rows])
    return [
        (group, ", ".join(group.names), sum((Decimal(rows[place][2]) for place in group.indices), Decimal(0)))
        for group in groups
    ]


def _trend_points(history: Sequence[RunPoint]) -> list[TrendPoint]:
    """The newest runs, oldest first, rounded up so that no difference between two runs tells of a few members."""
    newest = sorted(history, key=lambda point: (point.as_of_date, point.run_id))[-TREND_RUNS:]
    return [
        TrendPoint(point.as_of_date.isoformat(), _rounded(point.flagged_count), _rounded(point.not_assessable_count))
        for point in newest
    ]


def _run_points(connection: Connection) -> list[RunPoint]:
    """The publishes in the audit's own history; none where it holds no such table."""
    found = connection.execute("select count(*) from duckdb_tables() where table_name = 'run_history'").fetchall()
    if not found[0][0]:
        return []
    rows = connection.execute(
        "select run_id, as_of_date, flagged_count from run_history order by run_number"
    ).fetchall()
    return [RunPoint(*row) for row in {row[0]: row for row in rows}.values()]


def _nights(connection: Connection) -> list[Row]:
    """What became of each case night by night, unchanged nights left out; nothing where no history is published."""
    found = connection.execute("select count(*) from duckdb_tables() where table_name = 'case_version'").fetchall()
    if not found[0][0]:
        return []
    return read_rows(
        connection,
        """
        select
            case_version.case_id,
            run_history.run_id,
            run_history.known_from_utc,
            case_version.case_event,
            case_version.changed_columns,
            case_version.outcome
        from case_version
        inner join run_history
            on case_version.from_run_number = run_history.run_number
        order by run_history.run_number, case_version.case_id
        """,
    )


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


def _rounded(count: int | None) -> int | None:
    return rounded_up(count) if count is not None and may_show(count) else None


def _dossiers(stamp: Stamp, policies: Sequence[Policy]) -> dict[str, Policy]:
    """The dossiers that are the run's own version; without versions in the run's facts, those of the same number."""
    known = set(stamp.policies)
    return {policy.id: policy for policy in policies if f"{policy.id} {policy.version}" in known}


def _rules(connection: Connection, stamp: Stamp, policies: Sequence[Policy]) -> dict[str, object]:
    parameters: dict[str, list[Row]] = {}
    for row in read_rows(connection, "from policy order by policy_id, rowid"):
        parameters.setdefault(row["policy_id"], []).append(row)
    default = stamp.parameters.get("default_policy")
    order = sorted(parameters, key=lambda policy: (policy != default, policy))
    used = dict(
        connection.execute(
            "select policy_id, count(*) from episode_review group by policy_id order by policy_id"
        ).fetchall()
    )
    base = {row["parameter"]: row["parameter_value"] for row in parameters.get(str(default), [])}
    return {
        "rules": [
            {
                "id": policy,
                "rows": parameters[policy],
                "title": parameters[policy][0]["policy_title"],
                "version": parameters[policy][0]["policy_version"],
                "dossier": _dossiers(stamp, policies).get(policy),
                "is_default": policy == default,
                "is_used": policy in used,
                "differs": {
                    row["parameter"]
                    for row in parameters[policy]
                    if base and base.get(row["parameter"]) != row["parameter_value"]
                },
            }
            for policy in order
        ],
        "value_sets": read_rows(
            connection,
            "select value_set_name, count(*) as code_count, min(effective_start) as first_start, "
            "max(effective_end) as last_end from value_set group by value_set_name order by value_set_name",
        ),
        "digests": {version.split()[0]: version.rsplit(":", 1)[-1][:12] for version in stamp.value_set_versions},
    }
