"""The commands of auditors: report, show, sql, dictionary."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    Config,
    PublishedOut,
    RowForm,
    account,
    now,
    published_audit,
    short,
    telling,
    today,
)
from pipelines.commands.writing import Form, tell, tell_paths, tell_rows
from pipelines.ground.errors import UsageError
from pipelines.ground.run_lock import run_lock
from pipelines.intake.data_package import data_package
from pipelines.intake.extracts import read_extract_tables

if TYPE_CHECKING:
    from pipelines.publishing.sql_door import Limits

FROM_STANDARD_INPUT = "-"


@telling
def report(
    *,
    out: PublishedOut = DEMO_OUT,
    to: Annotated[
        Path | None,
        typer.Option(help="Folder outside OUT to write them to in the clear, with the CSV; for an encrypted audit."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Makes the reports again from the published audit; the same audit gives the same bytes.

    **Examples**

    `stimaudit report --out /srv/stimaudit` shows the decisions of the day on pages and workbook

    `stimaudit report --out /srv/stimaudit --to /mnt/reviewers/tonight`
    """
    from pipelines.ground.program_files import home
    from pipelines.reports.report import report as make_reports
    from pipelines.reports.report import report_to
    from pipelines.rule.policy import load_policies

    published_audit(out).close()  # before the folder is held: a wrong one is not to get a lock file
    policies = load_policies(home().sql / "policies", as_of=today(), allow_overdue=True)
    warnings = []
    with run_lock(out, since=now()):
        if to is not None:
            first, csv, *others = report_to(out, to, policies=policies)
            written = [first, csv, *others[:5]]
            warnings.append(f"What is in {short(to)} is in the clear: it is yours to protect.")
        else:
            made = make_reports(out, policies=policies)
            if made.worklist is None:
                message = (
                    "The audit is encrypted, and spreadsheets and browsers open no encrypted file. Name a folder "
                    "outside the output folder with --to; what is written there is in the clear."
                )
                raise UsageError(message)
            written = [made.worklist, *made.pages[:5]]
    tell_paths([short(path) for path in written], as_json=as_json, warnings=warnings)


@telling
def show(
    *,
    name: Annotated[
        str,
        typer.Argument(metavar="EPISODE", help="An episode_id or case_id of the worklist, or the number of a claim."),
    ],
    out: PublishedOut = DEMO_OUT,
    as_json: AsJson = False,
) -> None:
    """Says in plain words why an episode has its outcome: what was asked, what was found, which rows say so.

    A claim number shows every episode that the claim belongs to, or why its implantation lines belong to none.

    **Examples**

    `stimaudit show NA-2026-0123456789AB --out /srv/stimaudit`

    `stimaudit show CLAIM --out /srv/stimaudit --json`
    """
    from pipelines.reports.explanation import explanation

    with published_audit(out) as connection:
        found = explanation(connection, name)
    tell(found, as_json=as_json)


@telling
def sql(
    *,
    query: Annotated[
        str,
        typer.Argument(
            help="One query; tables are audit.finding, audit.episode_review, ... A dash reads it from standard input."
        ),
    ],
    out: PublishedOut = DEMO_OUT,
    purpose: Annotated[str, typer.Option(help="Why you ask; kept with your name in OUT/log/sql.jsonl.")] = "",
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Asks the published audit: one select, read-only, within limits (`sql_*` of the settings), and written down.

    What is written down has no values. A query that is read from standard input stands in no list of processes.

    Rows that are wider than the screen are written as records, a line a column.

    **Examples**

    `stimaudit sql "select outcome, count(*) from audit.episode_review group by all"`

    `stimaudit sql --format csv "from audit.funnel" > funnel.csv`

    `stimaudit sql - < question.sql`
    """
    from pipelines.publishing.sql_allowed import LONGEST_QUERY
    from pipelines.publishing.sql_door import Asker, ask

    published_audit(out).close()  # no published audit is told as such, before the query is looked at
    asked = _read_query(LONGEST_QUERY) if query == FROM_STANDARD_INPUT else query
    asker = Asker(account(), os.environ.get("LOGNAME"), purpose)
    limits = _limits(config)
    answer = ask(out, asked, asker=asker, asked_at=now(), limits=limits, environment=os.environ)
    tell_rows(answer.names, answer.rows, Form.JSON if as_json else form)


def _read_query(longest: int) -> str:
    """The query that standard input holds, and no more than a character over ``longest``."""
    return sys.stdin.buffer.read(4 * longest).decode("utf-8", "replace")[: longest + 1]


def _limits(config: Path | None) -> Limits:
    """What a query may take by the settings; nothing of them is imported where none are named."""
    from pipelines.publishing.sql_door import DEFAULT_LIMITS

    if config is None:
        return DEFAULT_LIMITS
    from pipelines.operation.settings import load_settings

    return load_settings(config).sql_limits()


@telling
def dictionary(
    *,
    name: Annotated[
        str | None,
        typer.Argument(metavar="TABLE", help="A table, such as finding, or table.column; all when not given."),
    ] = None,
    out: PublishedOut = DEMO_OUT,
    datapackage: Annotated[
        bool,
        typer.Option(
            "--datapackage",
            help="Write what a delivery may hold as a Frictionless datapackage.json instead; no audit is needed.",
        ),
    ] = False,
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
) -> None:
    """Explains every table and column of the published audit, or of a delivery.

    **Examples**

    `stimaudit dictionary finding --out /srv/stimaudit`

    `stimaudit dictionary finding.paid_amount --out /srv/stimaudit`

    `stimaudit dictionary --datapackage > datapackage.json`
    """
    from pipelines.publishing.explained import EXPLAINED_COLUMNS, explained

    if datapackage:
        if name is not None:
            message = "A data package tells all tables of a delivery: leave the name of the table out."
            raise UsageError(message)
        typer.echo(json.dumps(data_package(read_extract_tables()), indent=2))
        return
    with published_audit(out) as connection:
        rows = explained(connection, name)
    tell_rows(EXPLAINED_COLUMNS, rows, Form.JSON if as_json else form)
