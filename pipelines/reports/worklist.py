"""The worklist as files: CSV for other systems, XLSX for people.

No cell can execute. A text that a spreadsheet could take for a formula gets an apostrophe in front (CWE-1236); dates
and amounts stay dates and numbers, identifiers stay text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from pipelines.warehouse import Connection

# A cell is dangerous by its first character; some readers trim blanks and fold full-width signs before they look.
DANGEROUS_START = "^(\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n])"
LIST_SEPARATOR = "; "
WIDTHS: Mapping[str, int] = {"why": 80, "billed_diagnoses": 24, "claim_ids": 24, "notes": 36, "outcome_reason": 30}
FROZEN_COLUMNS = 2

READ_ME = (
    "Confidential: this workbook names members and their care. Handle it as such.",
    "",
    "What a row is: one implant episode (trial, implant, facility, professional, device claims together), best first.",
    "What a finding means: the claims received do not show the conservative care, or its failure, that the policy asks",
    "for. It is a reason to ask for records. No determination has been made; a person decides.",
    "What it does not mean: care that was paid for elsewhere, or never billed, does not show in claims.",
    "paid_amount is what was paid for the episode and is under review, each claim line counted once.",
    "Each column is explained on the sheet Dictionary. Lists are parted by semicolons.",
    "A text that starts with =, +, -, @, a tab or a line end has an apostrophe put in front, so that no cell can run.",
    "The evidence rows of each episode are in the audit database: criterion_result, care_ledger, care_group_state.",
)


def worklist_frame(connection: Connection) -> pl.DataFrame:
    """One row per finding, best first, as the files show it: lists joined, no text that could run as a formula."""
    findings = connection.execute("from finding order by priority_score desc nulls last, anchor_date, episode_id").pl()
    joined = findings.with_columns(
        pl.col(name).list.eval(pl.element().cast(pl.String)).list.join(LIST_SEPARATOR)
        for name, kind in findings.schema.items()
        if isinstance(kind, pl.List)
    )
    return joined.with_columns(_harmless(name) for name, kind in joined.schema.items() if kind == pl.String)


def write_worklist_csv(connection: Connection, path: Path) -> None:
    """Writes ``audit.finding`` as CSV: UTF-8, ISO dates, plain decimals; the same findings give the same bytes."""
    worklist_frame(connection).write_csv(path)


def write_worklist_xlsx(connection: Connection, path: Path, *, as_of: date) -> None:
    """Writes the workbook with the sheets Worklist, Read me and Dictionary; the same findings give the same bytes."""
    made = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": "Implant episodes flagged for review", "created": made})
        header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        formats = {
            "text": workbook.add_format({"num_format": "@", "valign": "top"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            "amount": workbook.add_format({"num_format": "#,##0.00", "valign": "top"}),
            "number": workbook.add_format({"num_format": "General", "valign": "top"}),
        }
        worklist = worklist_frame(connection)
        _write_frame(workbook.add_worksheet("Worklist"), worklist, header, formats, frozen_columns=FROZEN_COLUMNS)
        read_me = workbook.add_worksheet("Read me")
        read_me.set_column(0, 0, 110)
        for row, line in enumerate((*_run_lines(connection, worklist), "", *READ_ME)):
            read_me.write_string(row, 0, line, wrapped)
        _write_frame(
            workbook.add_worksheet("Dictionary"), _dictionary_frame(connection), header, formats, frozen_columns=1
        )


def _harmless(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.when(text.str.contains(DANGEROUS_START)).then(pl.lit("'") + text).otherwise(text).alias(name)


def _write_frame(
    sheet: xlsxwriter.worksheet.Worksheet,
    frame: pl.DataFrame,
    header: xlsxwriter.format.Format,
    formats: Mapping[str, xlsxwriter.format.Format],
    *,
    frozen_columns: int,
) -> None:
    """Writes a frame as a filterable table with its header and first columns frozen, each cell by its type."""
    last_column = len(frame.columns) - 1
    for column, (name, kind) in enumerate(frame.schema.items()):
        cell_format = formats[_cell_kind(name, kind)]
        sheet.set_column(column, column, WIDTHS.get(name, max(12, len(name) + 2)))
        sheet.write_string(0, column, name, header)
        for row, value in enumerate(frame.get_column(name), start=1):
            if value is None:
                sheet.write_blank(row, column, None, cell_format)
            elif kind == pl.String:
                sheet.write_string(row, column, value, cell_format)
            elif kind == pl.Date:
                sheet.write_datetime(row, column, value, cell_format)
            elif kind == pl.Boolean:
                sheet.write_boolean(row, column, value, cell_format)
            else:
                sheet.write_number(row, column, value, cell_format)
    sheet.freeze_panes(1, frozen_columns)
    sheet.autofilter(0, 0, max(frame.height, 1), last_column)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _cell_kind(name: str, kind: pl.DataType) -> str:
    if kind == pl.Date:
        return "date"
    if kind == pl.String:
        return "text"
    return "amount" if name.endswith("_amount") else "number"


def _run_lines(connection: Connection, worklist: pl.DataFrame) -> tuple[str, ...]:
    run_id, as_of_date, code_version, grade, policy_versions = connection.execute(
        "select run_id, as_of_date, code_version, grade, policy_versions from run"
    ).fetchall()[0]
    dollars = worklist.get_column("paid_amount").sum() if worklist.height else 0
    return (
        "Implant episodes flagged for review",
        f"Run {run_id}, as of {as_of_date}, program {code_version}, grade {grade}.",
        f"{worklist.height:,} episodes, {dollars:,.2f} US dollars paid, under review.",
        "Policies: " + "; ".join(version.rsplit(" ", 1)[0] for version in policy_versions) + ".",
    )


def _dictionary_frame(connection: Connection) -> pl.DataFrame:
    """One row per column of the worklist, in its order, with its meaning."""
    return connection.execute(
        "select column_name, data_type, meaning, unit_or_code_system from dictionary "
        "where table_name = 'finding' and column_name <> '' order by column_position"
    ).pl()
