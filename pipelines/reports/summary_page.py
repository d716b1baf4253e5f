"""The summary page: tiles, funnel and trend, without member data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.reports import words
from pipelines.reports.charts import TrendPoint, bar_chart, described, trend_chart
from pipelines.reports.file_names import without_names
from pipelines.reports.run_page import funnel_rows
from pipelines.reports.since_last_run import since_last_run
from pipelines.reports.suppression import (
    LINES_ROUNDED_TO,
    dollar_step,
    dollars_rounded_up,
    may_show,
    rounded_up,
    shown_groups,
    shown_steps,
    steps_rounded_up,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.since_last_run import SinceLastRun
    from pipelines.reports.suppression import ShownGroup, ShownStep


TREND_RUNS = 30


@dataclass(frozen=True)
class RunPoint:
    """One run of the history, for the trend: its date and the episodes flagged."""

    run_id: str
    as_of_date: date
    flagged_count: int


def summary_page_facts(connection: Connection, feeds: frozenset[str], history: Sequence[RunPoint]) -> dict[str, object]:
    """What may be told where nobody may be told of: counts from 11, all figures rounded up, no identifiers."""
    steps = [step for step in funnel_rows(connection) if step["unit"] == "episodes"]
    first = steps[0]["remaining_count"] if steps else 0
    shown = steps_rounded_up(shown_steps(first, [(_step_name(step), step["left_count"]) for step in steps[1:]]))
    counts = Counter(
        dict(connection.execute("select outcome, count(*) from episode_review group by outcome").fetchall())
    )
    is_flagged_shown = bool(shown and shown[-1].remaining_count is not None)
    bars = [("Implant episodes", rounded_up(first)), *_bars(shown or ())]
    step = dollar_step(_largest(connection))
    lines = [step for step in funnel_rows(connection) if step["unit"] == "claim lines"]
    line_steps = steps_rounded_up(
        shown_steps(lines[0]["remaining_count"], [(_step_name(line), line["left_count"]) for line in lines[1:]]),
        LINES_ROUNDED_TO,
    )
    tables = {}
    if is_flagged_shown and counts["flagged"]:
        tables = {
            title: _summary_groups(connection, column, names, step)
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
        "first": rounded_up(first) if may_show(first) else None,
        "shown": shown,
        "line_first": rounded_up(lines[0]["remaining_count"], LINES_ROUNDED_TO),
        "line_steps": line_steps,
        "flagged_count": rounded_up(counts["flagged"]) if is_flagged_shown else None,
        "flagged_dollars": dollars_rounded_up(_flagged_dollars(connection), step) if is_flagged_shown else None,
        "dollar_step": step,
        "flagged_unknown": _flagged_unknown(connection) if is_flagged_shown else "",
        "is_first_run": news is None or news.is_first,
        "new_count": _new_count(news) if is_flagged_shown else None,
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
        "trend_chart": trend_chart(
            points,
            name="trend",
            title="Flagged episodes by run",
            description="The same figures stand in the table below.",
        )
        if len(points) > 1
        else None,
        "missing_feeds": [name for table, name in words.FEEDS.items() if table not in feeds],
        "caveats": _caveats(connection),
    }


def _step_name(step: Mapping[str, Any]) -> str:
    """A step by what happened in it: exclusions and lines by their reason, outcomes by their own name."""
    name, outcome = str(step["name"]), str(step["step"]).replace(" ", "_")
    return name if outcome == "excluded" else words.OUTCOMES.get(outcome, name)


def _caveats(connection: Connection) -> list[str]:
    """What follows from the checks that failed, each once, without the counts and names that the run page has."""
    rows = connection.execute(
        "select distinct case when starts_with(check_name, 'case_') or starts_with(check_name, 'opening_row_') "
        "then description else consequence end from data_quality where status = 'failed' order by 1"
    ).fetchall()
    return [without_names(said) for (said,) in rows]


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


def _largest(connection: Connection) -> Decimal:
    """What the flagged episode that cost most cost."""
    [[paid]] = connection.execute(
        "select coalesce(max(abs(paid_amount)), 0) from episode_review where outcome = 'flagged'"
    ).fetchall()
    return Decimal(paid)


def _new_count(news: SinceLastRun | None) -> int | None:
    count = news.shown_new_count() if news else None
    return None if count is None else rounded_up(count)


def _flagged_unknown(connection: Connection) -> str:
    """That the dollars of some episodes are not in the sum; how many is told only where nobody may be told of."""
    [[count]] = connection.execute(
        "select count(*) - count(paid_amount) from episode_review where outcome = 'flagged'"
    ).fetchall()
    if not count or may_show(count):
        return words.beside_unknown(rounded_up(count))
    return "; those of some episodes are unknown and not in the sum"


def _summary_groups(
    connection: Connection, column: str, names: Mapping[str, str], step: Decimal
) -> list[tuple[ShownGroup, str, Decimal]]:
    rows = connection.execute(
        f"select coalesce({column}, 'not said'), count(*), coalesce(sum(paid_amount), 0) from episode_review "
        f"where outcome = 'flagged' group by 1 order by count(*) desc, 1"
    ).fetchall()
    groups = shown_groups([(names.get(word, word), count) for word, count, _ in rows])
    return [
        (
            replace(group, count=rounded_up(group.count)),
            ", ".join(group.names),
            dollars_rounded_up(sum((Decimal(rows[place][2]) for place in group.indices), Decimal(0)), step),
        )
        for group in groups
    ]


def _trend_points(history: Sequence[RunPoint]) -> list[TrendPoint]:
    """The newest runs, oldest first, rounded up so that no difference between two runs tells of a few members."""
    newest = sorted(history, key=lambda point: (point.as_of_date, point.run_id))[-TREND_RUNS:]
    return [
        TrendPoint(
            point.as_of_date.isoformat(), rounded_up(point.flagged_count) if may_show(point.flagged_count) else None
        )
        for point in newest
    ]


def run_points(connection: Connection) -> list[RunPoint]:
    """The publishes in the audit's own history; none where it holds no such table."""
    found = connection.execute("select count(*) from duckdb_tables() where table_name = 'run_history'").fetchall()
    if not found[0][0]:
        return []
    rows = connection.execute(
        "select run_id, as_of_date, flagged_count from run_history order by run_number"
    ).fetchall()
    return [RunPoint(*row) for row in {row[0]: row for row in rows}.values()]
