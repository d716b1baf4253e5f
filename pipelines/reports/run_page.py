"""The run page: feeds, checks, files and funnel of one run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.reports import words
from pipelines.reports.case_file import read_rows
from pipelines.reports.file_names import shown_name, shown_names, without_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.ground.warehouse import Connection
    from pipelines.reports.case_file import Row


def feed_rows(connection: Connection) -> frozenset[str]:
    """The tables of which something was delivered."""
    rows = connection.execute("select distinct table_name from delivered_file where table_name is not null").fetchall()
    return frozenset(row[0] for row in rows)


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
            }
            for check in checks
        ],
        "check_counts": Counter(check["status"] for check in checks),
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
        "funnel": funnel_rows(connection),
        "hold": hold,
    }


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
