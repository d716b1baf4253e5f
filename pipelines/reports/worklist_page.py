"""The worklist page: flagged cases best first, those on data hold, and those for clinical review."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reports import words
from pipelines.reports.case_file import read_rows
from pipelines.reports.row_remarks import doubts_word
from pipelines.reports.since_last_run import CHANGED, NEW, since_last_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row


WORKLIST_ROWS = 2_000
HOLD_ROWS = 300
CLINICAL_ROWS = 300
NONE = (0, Decimal(0), 0)
"""Episodes, their dollars and those of unknown dollars, where there is no episode."""


def worklist_page_facts(connection: Connection, standing: Mapping[str, Row]) -> dict[str, object]:
    """What the worklist page shows: flagged, held and clinical cases, best first, and their counts before any limit."""
    order = "order by priority_score desc nulls last, anchor_date, episode_id"
    totals = {
        outcome: (count, paid, unknown)
        for outcome, count, paid, unknown in connection.execute(
            "select outcome, count(*), coalesce(sum(paid_amount), 0), count(*) - count(paid_amount) "
            "from episode_review group by outcome"
        ).fetchall()
    }
    flagged = read_rows(connection, f"from episode_review where outcome = 'flagged' {order} limit {WORKLIST_ROWS}")
    hold = read_rows(connection, f"from episode_review where outcome = 'not_assessable' {order} limit {HOLD_ROWS}")
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
        line["review_status"] = review["case_status"] if review else "open"
        line["assignee"] = review["assignee"] if review else None
    return {
        "flagged": lines,
        "news": news,
        "new_count": news.count(NEW) if news else 0,
        "changed_count": news.count(CHANGED) if news else 0,
        "hold": _worklist_lines(connection, hold),
        "clinical": _worklist_lines(connection, clinical),
        "flagged_count": totals.get("flagged", NONE)[0],
        "flagged_dollars": totals.get("flagged", NONE)[1],
        "flagged_unknown": words.beside_unknown(totals.get("flagged", NONE)[2]),
        "hold_count": totals.get("not_assessable", NONE)[0],
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
    remarks: dict[str, list[Row]] = {}
    for row in read_rows(
        connection,
        "select distinct episode_id, remark_kind, remark_text from episode_remark "
        "where episode_id in (select unnest($names)) and remark_kind <> 'repaired'",
        {"names": [review["episode_id"] for review in reviews]},
    ):
        remarks.setdefault(row["episode_id"], []).append(row)
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
                "doubts": doubts_word(remarks.get(review["episode_id"], ())),
            }
        )
    return lines
