"""The commands of auditors: report, show, sql, dictionary."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import (
    DEMO_OUT,
    AsJson,
    Form,
    PublishedOut,
    RowForm,
    now,
    published_audit,
    short,
    tell_rows,
    telling,
    today,
)
from pipelines.ground.errors import UsageError
from pipelines.ground.run_lock import run_lock
from pipelines.intake.data_package import data_package
from pipelines.intake.extracts import read_extract_tables


@telling
def report(
    *,
    out: PublishedOut = DEMO_OUT,
    to: Annotated[
        Path | None,
        typer.Option(help="Folder outside OUT to write them to in the clear, with the CSV; for an encrypted audit."),
    ] = None,
) -> None:
    """Makes the reports again from the published audit; the same audit gives the same bytes.

    **Example**: `stimaudit report --out /srv/stimaudit --to /mnt/reviewers/tonight`
    """
    from pipelines.ground.program_files import home
    from pipelines.reports.report import report as make_reports
    from pipelines.reports.report import report_to
    from pipelines.rule.policy import load_policies

    policies = load_policies(home().sql / "policies", as_of=today(), allow_overdue=True)
    with run_lock(out, since=now()):
        if to is not None:
            first, csv, *others = report_to(out, to, policies=policies)
            written = [first, csv, *others[:5]]
        else:
            made = make_reports(out, policies=policies)
            if made.worklist is None:
                message = (
                    "The audit is encrypted, and spreadsheets and browsers open no encrypted file. Name a folder "
                    "outside the output folder with --to; what is written there is in the clear."
                )
                raise UsageError(message)
            written = [made.worklist, *made.pages[:5]]
    for path in written:
        typer.echo(short(path))
    if to is not None:
        typer.echo(f"Written in the clear: {short(to)} is yours to protect.")


@telling
def show(
    *,
    episode: Annotated[str, typer.Argument(help="An episode_id or case_id of the worklist.")],
    out: PublishedOut = DEMO_OUT,
) -> None:
    """Says in plain words why an episode has its outcome: what was asked, what was found, which rows say so.

    **Example**: `stimaudit show EPISODE --out /srv/stimaudit`
    """
    from pipelines.reports.explanation import explanation

    with published_audit(out) as connection:
        for line in explanation(connection, episode):
            typer.echo(line)


@telling
def sql(
    *,
    query: Annotated[str, typer.Argument(help="One query; tables are audit.finding, audit.episode_review, ...")],
    out: PublishedOut = DEMO_OUT,
    purpose: Annotated[str, typer.Option(help="Why you ask; kept with your name in OUT/log/sql.jsonl.")] = "",
    form: RowForm = Form.TABLE,
    as_json: AsJson = False,
) -> None:
    """Asks the published audit: read-only, with no way to files or the network, and written down without its values.

    **Examples**

    `stimaudit sql "select outcome, count(*) from audit.episode_review group by all"`

    `stimaudit sql --format csv "from audit.funnel" > funnel.csv`
    """
    from pipelines.publishing.sql_door import ask

    with published_audit(out):
        pass  # no published audit is told as such, before the query is looked at
    answer = ask(out, query, user=getpass.getuser(), purpose=purpose, asked_at=now())
    tell_rows(answer.names, answer.rows, Form.JSON if as_json else form)


@telling
def dictionary(
    *,
    table: Annotated[str | None, typer.Argument(help="One table, such as finding; all when not given.")] = None,
    out: PublishedOut = DEMO_OUT,
    datapackage: Annotated[
        bool,
        typer.Option(
            "--datapackage",
            help="Write what a delivery may hold as a Frictionless datapackage.json instead; no audit is needed.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Explains every table and column of the published audit, or of a delivery.

    **Examples**

    `stimaudit dictionary finding`

    `stimaudit dictionary --datapackage > datapackage.json`
    """
    if datapackage:
        if table is not None:
            message = "A data package tells all tables of a delivery: leave the name of the table out."
            raise UsageError(message)
        typer.echo(json.dumps(data_package(read_extract_tables()), indent=2))
        return
    with published_audit(out) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type, meaning, unit_or_code_system, sensitivity from dictionary "
            "where $name is null or table_name = $name order by table_name, column_position",
            {"name": table},
        ).fetchall()
    if not rows:
        message = "The published audit has no such table. Leave the name out to see all."
        raise UsageError(message)
    names = ["table_name", "column_name", "data_type", "meaning", "unit_or_code_system", "sensitivity"]
    tell_rows(names, rows, Form.JSON if as_json else Form.TABLE)
