"""The run page: feeds, checks, files and funnel of one run."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from pipelines.reports import words
from pipelines.reports.case_file import read_rows
from pipelines.reports.charts import sparkline
from pipelines.reports.file_names import shown_name, shown_names, without_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row


LISTED_ROWS = 200
"""So many rows that nobody could read as an implantation stand on the page; all are in the database."""


def feed_rows(connection: Connection) -> frozenset[str]:
    """The tables of which something was delivered."""
    rows = connection.execute("select distinct table_name from delivered_file where table_name is not null").fetchall()
    return frozenset(row[0] for row in rows)


def _count(connection: Connection, table: str) -> int:
    [[count]] = connection.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def run_page_facts(connection: Connection, feeds: frozenset[str]) -> dict[str, object]:
    """What the run page shows: checks, feeds, files, rows set aside, funnel, data hold; names of known form."""
    checks = read_rows(
        connection,
        "from data_quality order by case status when 'failed' then 1 when 'counted' then 2 when 'passed' then 3 else 4 "
        "end, severity, table_name, check_name, file_name, column_name",
    )
    files = read_rows(connection, "from delivered_file order by delivery_number desc, file_number, table_name")
    names = shown_names(files)
    hold = connection.execute(
        "select outcome_reason, count(*) from episode_review where outcome = 'not_assessable' "
        "group by outcome_reason order by count(*) desc, outcome_reason"
    ).fetchall()
    return {
        "checks": [
            check
            | {
                "file_name": shown_name(names, check["file_name"]),
                "description": without_names(check["description"]),
                "message": without_names(check["message"]) if check["message"] else None,
            }
            for check in checks
        ],
        "check_counts": Counter(check["status"] for check in checks),
        "measures": measure_lines(connection),
        "feeds": [_feed_line(table, name, files, is_supplied=table in feeds) for table, name in words.FEEDS.items()],
        "files": [
            file | {"shown": shown_name(names, file["file_name"]), "left_out": len(file["unknown_columns"] or ())}
            for file in files
        ],
        "rejected": [
            row | {"file_name": shown_name(names, row["file_name"])}
            for row in read_rows(
                connection,
                "select table_name, file_name, column_name, rule, count(*) as row_count, min(source_row) as first_row "
                "from rejected_row group by table_name, file_name, column_name, rule "
                "order by count(*) desc, table_name, file_name, column_name, rule",
            )
        ],
        "unread_openings": [
            row | {"source_file": shown_name(names, row["source_file"])}
            for row in read_rows(connection, f"from unread_opening_row limit {LISTED_ROWS}")
        ],
        "unread_opening_count": _count(connection, "unread_opening_row"),
        "remarks": read_rows(
            connection,
            "select remark_kind, remark_text, source_table, count(distinct episode_id) as episode_count, "
            "count(*) as row_count, bool_or(is_new) as is_new from episode_remark "
            "group by remark_kind, remark_text, source_table order by remark_kind = 'repaired', "
            "count(distinct episode_id) desc, remark_text, source_table",
        ),
        "ended_count": _count(connection, "ended_claim"),
        "shortened_count": _count(connection, "shortened_claim"),
        "funnel": funnel_rows(connection),
        "hold": hold,
    }


def measure_lines(connection: Connection) -> list[dict[str, object]]:
    """One line a measure of the last nights, the newest value beside the usual one and their picture; moved ones first.

    None of a file that was published before measures were.
    """
    if not connection.execute(
        "from duckdb_tables() where schema_name = 'audit' and table_name = 'gate_measure'"
    ).fetchall():
        return []
    nights: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in read_rows(
        connection, "from gate_measure order by measured_of, table_name, measure_name, segment, measured_number"
    ):
        nights.setdefault((row["measured_of"], row["table_name"], row["measure_name"], row["segment"]), []).append(row)
    newest = {
        of: max(row["measured_number"] for rows in nights.values() for row in rows if row["measured_of"] == of)
        for of in {key[0] for key in nights}
    }
    return sorted(
        (_measure_line(rows) for (of, *_), rows in nights.items() if rows[-1]["measured_number"] == newest[of]),
        key=lambda line: not line["accepted"],
    )


def _measure_line(rows: Sequence[Row]) -> dict[str, object]:
    values = [float(row["measure_value"]) for row in rows]
    last = rows[-1]
    is_share = last["measure_name"].endswith("_share")
    name = f"{last['measure_name']} {last['segment']}".strip()
    told = [_measure_text(value, is_share=is_share) for value in values]
    return {
        "table": last["table_name"],
        "name": name,
        "now": told[-1],
        "usual": _measure_text(median(values[:-1]), is_share=is_share) if values[1:] else "",
        "rows": last["measured_rows"],
        "accepted": [
            (row["as_of_date"], row["accepted_because"], row.get("accepted_by"))
            for row in rows
            if row["accepted_because"]
        ],
        "picture": sparkline(values, title=f"{words.sentence_case(name)}: {', '.join(told)}"),
    }


def _measure_text(value: float, *, is_share: bool) -> str:
    return f"{value:.1%}" if is_share else f"{value:,.1f}"


def _feed_line(table: str, name: str, files: Iterable[Row], *, is_supplied: bool) -> dict[str, object]:
    own = [file for file in files if file["table_name"] == table and file["fate"] == "landed"]
    return {
        "table": table,
        "name": name,
        "is_supplied": is_supplied,
        "means": "" if is_supplied else words.FEED_MEANS[table],
        "file_count": len(own),
        **{
            count: sum(file[count] or 0 for file in own)
            for count in ("row_count", "loaded_count", "repeat_count", "rejected_count")
        },
        "newest_delivery": max((file["delivery_number"] for file in own), default=None),
    }


def funnel_rows(connection: Connection) -> list[Row]:
    """The steps of the funnel, each with the name that pages give it."""
    steps = read_rows(connection, "from funnel order by step_number")
    for step in steps:
        reason = step["reason"] or ""
        step["name"] = words.REASONS.get(reason, words.FUNNEL_REASONS.get(reason, words.sentence_case(reason)))
    return steps
