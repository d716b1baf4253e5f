"""The worklist workbook that analysts work in and send back: Read me, Worklist, Evidence, Dictionary, Lists.

Only the outcome columns are open. Every text is written as a text, one that a spreadsheet could run gets an apostrophe
in front, and the same audit, decisions and run date give the same bytes.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_col_to_name

from pipelines.ground.queries import query
from pipelines.publishing.worklist_csv import DANGEROUS_START, LIST_SEPARATOR
from pipelines.reports.since_last_run import since_last_run
from pipelines.reports.words import STATUSES, UNKNOWN, beside_unknown, completeness, masked, phrase, short_reason
from pipelines.review.case_review import case_review, earlier_flags, signature
from pipelines.review.decision_words import decision_words, read_list
from pipelines.review.decisions import DECISION_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.ground.warehouse import Connection


HEADER_ROW = 1
FIRST_ROW = 2
FROZEN_COLUMNS = 2
# A sheet ends at row 1,048,576; the last one says that there is more.
MOST_EVIDENCE_ROWS = 1_048_000
LONGEST_CELL = 32_767
LETTER_PAPER = 1
DANGEROUS = re.compile(DANGEROUS_START)
BANNER = "CONFIDENTIAL. Flagged for review: no determination has been made. A person decides each case."


class SheetColumn(NamedTuple):
    """A column of the worklist: its name, how it is written, how wide, what it means.

    ``kind`` is ``text``, ``date``, ``amount``, ``number`` or ``input`` (open to the analyst).
    """

    name: str
    kind: str
    width: int
    meaning: str
    is_hidden: bool = False


COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn("case_id", "text", 23, "Name of the review case; the same over the nights"),
    SheetColumn(
        "priority_score", "number", 9, "Order of the worklist, 0 to 100 points; never a score of a person or provider"
    ),
    SheetColumn("why", "text", 60, "Why the case is flagged, in short; the sheet Evidence has each criterion in full"),
    SheetColumn(
        "case_status", "text", 10, "new: first flagged in this run; open; decided; returned: the evidence changed"
    ),
    SheetColumn("changed", "text", 26, "What changed since the last decision, when the case is returned"),
    SheetColumn("since_last_run", "text", 11, "new: not on the list at the run before; changed; or unchanged"),
    SheetColumn("outcome_reason", "text", 28, "The reason for the flag, a closed word"),
    SheetColumn("paid_amount", "amount", 13, "Paid for the episode, under review, each claim line once, US dollars"),
    SheetColumn("payment_stage", "text", 11, "pre_pay when any counting line is pending, else post_pay"),
    SheetColumn("line_of_business", "text", 16, "Line of business that chose the policy"),
    SheetColumn("policy", "text", 27, "Policy and version under which the case was judged"),
    SheetColumn("service_date", "date", 11, "First date of the episode's earliest implantation event (anchor date)"),
    SheetColumn("index_codes", "text", 18, "Procedure codes that made the episode"),
    SheetColumn("billed_diagnoses", "text", 18, "Diagnoses billed for those lines, without dots"),
    SheetColumn("member", "text", 12, "Member, masked; the audit database has the full identifier"),
    SheetColumn("prior_authorization_state", "text", 17, "approved, none_found or feed_not_supplied"),
    SheetColumn("completeness", "text", 30, "Full, or what the data received cannot show"),
    SheetColumn("also_seen", "text", 36, "Notes that may support the service or explain the claim; they never decide"),
    SheetColumn(
        "remarks",
        "text",
        36,
        "Rows that were set aside, are doubtful or were mended and touch the case; the sheet Evidence has each row",
    ),
    SheetColumn("next_step", "text", 17, "Suggested next step; the tool suggests no other"),
    SheetColumn("age_days", "number", 8, "Days since the first run that flagged the case"),
    SheetColumn(
        "last_decision", "text", 40, "The decision in force, or the one whose evidence changed: what, who, when"
    ),
    SheetColumn(
        "decision_kind", "input", 15, "What you decide: review where left blank, second_review, appeal, payment_action"
    ),
    SheetColumn("review_outcome", "input", 24, "Your outcome, a word of the sheet Lists that goes with the kind"),
    SheetColumn("review_reason", "input", 30, "Your reason, a word that goes with the outcome"),
    SheetColumn("review_note", "input", 40, 'Your note; 10 characters or more where the reason is "other"'),
    SheetColumn("assignee", "input", 16, "Who works on the case"),
    SheetColumn("reviewer", "input", 18, "Who decided: your name"),
    SheetColumn("reviewer_credential", "input", 12, "Your credential, a word of the sheet Lists"),
    SheetColumn("licence_state", "input", 9, "State of your licence; needed for FINDING_SUPPORTED"),
    SheetColumn("decided_on", "input", 12, "Day of your decision"),
    SheetColumn("episode_kind", "text", 20, "What was implanted: trial_then_permanent, trial_only or permanent_only"),
    SheetColumn("last_event_date", "date", 11, "First date of the episode's last event"),
    SheetColumn("diagnosis_class", "text", 28, "What the billed diagnoses say about the back"),
    SheetColumn("allowed_amount", "amount", 13, "Allowed for the episode, each claim line once, US dollars"),
    SheetColumn(
        "enrolled_days", "number", 9, "Days of the look-back covered by eligibility that the claims received reach"
    ),
    SheetColumn("claim_ids", "text", 30, "Claims of the episode"),
    SheetColumn("surgeon_npis", "text", 13, "Who operated: NPI of the rendering providers of the implant lines"),
    SheetColumn("facility_npis", "text", 13, "Where: NPI of the facilities named on the episode's claims"),
    SheetColumn("billing_npis", "text", 13, "Who billed the implant lines: NPI of the billing providers"),
    SheetColumn("first_flagged_date", "date", 11, "Run date of the first run that flagged the case"),
    SheetColumn("episode_id", "text", 20, "Name of the implant episode in the audit database"),
    SheetColumn("run_id", "text", 22, "Export: the run that made this workbook. Leave as it is", is_hidden=True),
    SheetColumn("row_hash", "text", 20, "Digest of the evidence behind the row. Leave as it is", is_hidden=True),
    SheetColumn("decision_seen", "text", 20, "The decision in force at export. Leave as it is", is_hidden=True),
)
PLACE: Mapping[str, int] = {column.name: place for place, column in enumerate(COLUMNS)}

MAY_BE_UNKNOWN = frozenset({"paid_amount", "allowed_amount", "enrolled_days"})
"""The columns that say so where nobody sent the number: an empty cell would read as 0."""

EVIDENCE_COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn("case_id", "text", 23, "Name of the review case"),
    SheetColumn("row_kind", "text", 11, "criterion, fact, statement, care or remark"),
    SheetColumn("row_date", "date", 11, "Day of the care, fact or document"),
    SheetColumn("subject", "text", 30, "Criterion, kind of fact, modality or group of care"),
    SheetColumn(
        "result",
        "text",
        24,
        "Of a criterion its result, of care whether it counts, of a statement whether it is valid, else its kind",
    ),
    SheetColumn("detail", "text", 80, "What was asked and found, why a row does not count, or what a statement lacks"),
    SheetColumn("code_system", "text", 12, "Code system of the code"),
    SheetColumn("code", "text", 12, "Code, without dots"),
    SheetColumn("quantity", "number", 9, "Units billed, days supplied, or visits documented"),
    SheetColumn("claim_id", "text", 24, "Claim or document of the row"),
    SheetColumn("claim_line_number", "text", 9, "Line of the claim"),
    SheetColumn("source_file", "text", 28, "Delivered file the row comes from"),
    SheetColumn("source_row", "number", 9, "Place of the row in that file, the first after the header being 1"),
)

READ_ME = (
    "What a row of Worklist is: one implant episode (trial, implant, facility, professional, device claims together),",
    "best first. What a finding means: the claims received do not show the conservative care, or its documented",
    "failure, that the policy asks for. It is a reason to ask for records. What it does not mean: care that was paid",
    "for elsewhere, or never billed, does not show in claims.",
    "",
    "How to work: fill the open columns (decision_kind to decided_on), save, and give the file back for import.",
    "A second review, an appeal or a payment action of a decided case is filled in in the same way: choose it as",
    "decision_kind; left blank it is a review.",
    "FINDING_SUPPORTED is for licensed clinicians: reviewer_credential and licence_state are needed.",
    "A row that changed since export is refused, with the reason; the others are taken. Importing twice changes",
    "nothing. Rows may be filtered, sorted and removed; columns may not. The sheet is protected against slips, without",
    "a password: some spreadsheets sort a protected sheet only after Review, Unprotect Sheet.",
    "",
    "Status: new is flagged for the first time in this run; open waits; decided is done while its evidence stands;",
    "returned was decided, and the evidence changed since: the column changed says what. Decide it again.",
    "The evidence behind each case is on the sheet Evidence; every column is explained on the sheet Dictionary.",
    "Member identifiers are masked here. Lists are parted by semicolons. A text that starts with =, +, -, @, a tab or",
    "a line end has an apostrophe put in front, so that no cell can run.",
)


def write_workbook(connection: Connection, path: Path, *, as_of: date, review: pl.DataFrame | None = None) -> None:
    """Writes the worklist workbook of the published audit in ``connection``.

    ``review`` is what ``case_review`` gives, so that decisions recorded after publishing show; without it the
    published ``audit.case_status`` is taken, or no decisions where the audit has none.
    """
    cases = _cases(connection, _review(connection, as_of) if review is None else review, as_of)
    with _workbook(path) as workbook:
        made = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        workbook.set_properties({"title": "Implant episodes flagged for review", "created": made})
        formats = _formats(workbook)
        _write_read_me(workbook.add_worksheet("Read me"), _run_lines(connection, cases), formats)
        sheet = workbook.add_worksheet("Worklist")
        _write_worklist(sheet, cases, formats, as_of)
        evidence = connection.execute(f"{query('flagged_evidence')} limit {MOST_EVIDENCE_ROWS + 1}").pl()
        _write_evidence(workbook.add_worksheet("Evidence"), evidence.drop("row_order"), formats)
        _write_dictionary(workbook.add_worksheet("Dictionary"), formats)
        _write_lists(workbook, formats)
        sheet.activate()


def write_form(path: Path, columns: Sequence[SheetColumn], rows: Sequence[Mapping[str, Any]], *, as_of: date) -> None:
    """Writes a workbook to fill in and send back: the sheet Worklist with ``rows`` of ``columns``, and the sheet Lists.

    ``columns`` hold those that are open in the worklist, so that the same words are offered and the import reads it.
    """
    place = {column.name: number for number, column in enumerate(columns)}
    with _workbook(path) as workbook:
        made = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        workbook.set_properties({"title": "Cases of a sample, to be reviewed", "created": made})
        formats = _formats(workbook)
        sheet = workbook.add_worksheet("Worklist")
        _write_header(sheet, columns, formats)
        for number, row in enumerate(rows, start=FIRST_ROW):
            for column in columns:
                kind = "input_date" if column.name == "decided_on" else column.kind
                _write_cell(sheet, number, place[column.name], row[column.name], formats[kind])
        last_row = max(FIRST_ROW + len(rows) - 1, FIRST_ROW)
        _offer_lists(sheet, last_row, as_of, place)
        sheet.autofilter(HEADER_ROW, 0, last_row, len(columns) - 1)
        sheet.freeze_panes(FIRST_ROW, FROZEN_COLUMNS)
        _protect(sheet)
        _print_well(sheet)
        _write_lists(workbook, formats)


@contextmanager
def _workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A new workbook, packed into ``path`` at the end; raises ``OSError`` where the disk has no room for it."""
    with _rows_folder(path) as rows:
        workbook = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": str(rows),
            },
        )
        yield workbook
        try:
            workbook.close()
        except FileCreateError as fault:
            cause = fault.args[0] if fault.args and isinstance(fault.args[0], OSError) else None
            raise cause or OSError(errno.EIO, "the workbook cannot be written", str(path)) from None


@contextmanager
def _rows_folder(path: Path) -> Iterator[Path]:
    """A folder for the rows of sheets until the workbook at ``path`` is packed; what a killed writer left is gone."""
    folder = path.with_name(f"{path.name}.rows")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _review(connection: Connection, as_of: date) -> pl.DataFrame:
    held = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = 'audit' and table_name = 'case_status'"
    ).fetchall()[0][0]
    if held:
        return connection.execute("from audit.case_status").pl()
    nobody = pl.DataFrame(schema=dict(DECISION_SCHEMA))
    return case_review(connection, nobody, as_of=as_of, flags=earlier_flags(connection))


def _cases(connection: Connection, review: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """One dictionary per flagged episode, best first, with a value for each column of the worklist."""
    criteria: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for criterion in connection.execute(query("flagged_criterion")).pl().iter_rows(named=True):
        criteria[criterion["episode_id"]].append(criterion)
    news = since_last_run(connection)
    reviewed = {case["episode_id"]: case for case in review.iter_rows(named=True)}
    return [
        _case(
            episode,
            reviewed[episode["episode_id"]],
            short_reason(episode, criteria[episode["episode_id"]]),
            as_of,
        )
        | {"since_last_run": news.word(episode["case_id"]) if news else ""}
        for episode in connection.execute(query("flagged_episode")).pl().iter_rows(named=True)
    ]


def _case(episode: Mapping[str, Any], review: Mapping[str, Any], why: str, as_of: date) -> dict[str, Any]:
    first_flagged = review["first_flagged_date"] or as_of
    decided = review["decision_id"] is not None
    last = f"{review['review_outcome']} by {signature(review)} on {review['decided_on']}" if decided else None
    return {**episode} | {
        "why": why,
        "case_status": review["case_status"],
        "changed": list(review["changed"]),
        "policy": f"{episode['policy_id']} {episode['policy_version']}",
        "service_date": episode["anchor_date"],
        "member": masked(episode["member_id"]),
        "completeness": _completeness(episode),
        "also_seen": [phrase(note) for note in episode["notes"]],
        "age_days": (as_of - first_flagged).days,
        "last_decision": last,
        "assignee": review["assignee"],
        "first_flagged_date": first_flagged,
        "row_hash": review["evidence_digest"],
        "decision_seen": review["decision_id"],
    }


def _completeness(episode: Mapping[str, Any]) -> str:
    data, missing = completeness(episode)
    return f"{data}: {missing}" if missing else data


def _formats(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    shared = {"valign": "top"}
    return {
        "text": workbook.add_format({"num_format": "@", **shared}),
        "wrapped": workbook.add_format({"num_format": "@", "text_wrap": True, **shared}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", **shared}),
        "amount": workbook.add_format({"num_format": "#,##0.00", **shared}),
        "number": workbook.add_format({"num_format": "General", **shared}),
        "input": workbook.add_format(
            {"num_format": "@", "locked": False, "bg_color": "#FFF9E5", "border": 4, **shared}
        ),
        "input_date": workbook.add_format(
            {"num_format": "yyyy-mm-dd", "locked": False, "bg_color": "#FFF9E5", "border": 4, **shared}
        ),
        "header": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "banner": workbook.add_format({"bold": True}),
    }


def _write_worklist(
    sheet: Worksheet, cases: Sequence[Mapping[str, Any]], formats: Mapping[str, Format], as_of: date
) -> None:
    _write_header(sheet, COLUMNS, formats)
    last_row = max(FIRST_ROW + len(cases) - 1, FIRST_ROW)
    for row, case in enumerate(cases, start=FIRST_ROW):
        for place, column in enumerate(COLUMNS):
            kind = "input_date" if column.name == "decided_on" else column.kind
            value = case.get(column.name)
            if value is None and column.name in MAY_BE_UNKNOWN:
                value = UNKNOWN
            _write_cell(sheet, row, place, value, formats[kind])
    _offer_lists(sheet, last_row, as_of, PLACE)
    sheet.autofilter(HEADER_ROW, 0, last_row, len(COLUMNS) - 1)
    sheet.freeze_panes(FIRST_ROW, FROZEN_COLUMNS)
    _protect(sheet)
    _print_well(sheet)


def _write_header(sheet: Worksheet, columns: Sequence[SheetColumn], formats: Mapping[str, Format]) -> None:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, None, {"hidden": column.is_hidden})
    sheet.write_string(0, 0, BANNER, formats["banner"])
    for place, column in enumerate(columns):
        sheet.write_string(HEADER_ROW, place, column.name, formats["header"])


def _offer_lists(sheet: Worksheet, last_row: int, as_of: date, place: Mapping[str, int]) -> None:
    """Drop-downs from the sheet Lists; outcomes are those of the kind, reasons those of the outcome of the row.

    ``place`` says in which column each name stands.
    """

    def offer(name: str, validation: dict[str, Any]) -> None:
        sheet.data_validation(FIRST_ROW, place[name], last_row, place[name], {"ignore_blank": True, **validation})

    kind, outcome = (xl_col_to_name(place[name], col_abs=True) for name in ("decision_kind", "review_outcome"))
    for name in ("decision_kind", "reviewer_credential", "licence_state"):
        offer(
            name,
            {
                "validate": "list",
                "source": f"={name}_list",
                "error_title": "Not in the list",
                "error_message": "Choose a word of the sheet Lists.",
            },
        )
    offer(
        "review_outcome",
        {
            "validate": "list",
            "source": f'=INDIRECT("outcomes_"&IF({kind}{FIRST_ROW + 1}="","review",{kind}{FIRST_ROW + 1}))',
            "error_title": "Not an outcome of this kind",
            "error_message": "Choose the kind first (blank is review), then one of its outcomes on the sheet Lists.",
        },
    )
    offer(
        "review_reason",
        {
            "validate": "list",
            "source": f'=INDIRECT("reasons_"&{outcome}{FIRST_ROW + 1})',
            "error_title": "Not a reason for this outcome",
            "error_message": "Choose the outcome first, then one of its reasons on the sheet Lists.",
        },
    )
    offer(
        "decided_on",
        {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1990, 1, 1),
            "maximum": as_of + timedelta(days=366),
            "error_title": "Not a day",
            "error_message": "Write the day as YYYY-MM-DD.",
        },
    )


def _write_evidence(sheet: Worksheet, evidence: pl.DataFrame, formats: Mapping[str, Format]) -> None:
    _write_header(sheet, EVIDENCE_COLUMNS, formats)
    kept = evidence.head(MOST_EVIDENCE_ROWS)
    kinds = [formats[column.kind] for column in EVIDENCE_COLUMNS]
    for row, cells in enumerate(kept.iter_rows(), start=FIRST_ROW):
        for place, value in enumerate(cells):
            if value is not None:
                _write_cell(sheet, row, place, value, kinds[place])
    last_row = max(FIRST_ROW + kept.height - 1, FIRST_ROW)
    if evidence.height > kept.height:
        more = "A sheet can hold no more rows: the rest is in the audit database, audit.care_ledger."
        sheet.write_string(last_row + 1, 0, more, formats["banner"])
    sheet.autofilter(HEADER_ROW, 0, last_row, len(EVIDENCE_COLUMNS) - 1)
    sheet.freeze_panes(FIRST_ROW, FROZEN_COLUMNS)
    _protect(sheet)
    _print_well(sheet)


def _write_read_me(sheet: Worksheet, lines: Iterable[str], formats: Mapping[str, Format]) -> None:
    sheet.set_column(0, 0, 115)
    for row, line in enumerate((BANNER, "", *lines, "", *READ_ME)):
        sheet.write_string(row, 0, harmless(line), formats["banner" if row == 0 else "text"])
    _protect(sheet)
    _print_well(sheet, titles=False)


def _write_dictionary(sheet: Worksheet, formats: Mapping[str, Format]) -> None:
    """One row per column of Worklist and Evidence, with its meaning and whether it is open or hidden."""
    columns = (
        SheetColumn("sheet", "text", 12, ""),
        SheetColumn("column", "text", 26, ""),
        SheetColumn("meaning", "text", 95, ""),
        SheetColumn("use", "text", 10, ""),
    )
    _write_header(sheet, columns, formats)
    rows = [
        (name, column.name, column.meaning, _use(column))
        for name, described in (("Worklist", COLUMNS), ("Evidence", EVIDENCE_COLUMNS))
        for column in described
    ]
    for row, cells in enumerate(rows, start=FIRST_ROW):
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, formats["wrapped"])
    sheet.autofilter(HEADER_ROW, 0, FIRST_ROW + len(rows) - 1, len(columns) - 1)
    sheet.freeze_panes(FIRST_ROW, 0)
    _protect(sheet)
    _print_well(sheet)


def _use(column: SheetColumn) -> str:
    if column.kind == "input":
        return "open"
    return "hidden" if column.is_hidden else "read only"


def _write_lists(workbook: xlsxwriter.Workbook, formats: Mapping[str, Format]) -> None:
    """The closed lists, one a column, each under a name that the drop-downs use; labels beside the words."""
    sheet = workbook.add_worksheet("Lists")
    lists = list(_lists())
    names = [name for name, _, _ in lists]
    columns = [SheetColumn(text, "text", width, "") for name in names for text, width in ((name, 30), ("meaning", 48))]
    _write_header(sheet, columns, formats)
    longest = max(len(words) for _, words, _ in lists)
    for row in range(longest):
        for place, (_, words, labels) in enumerate(lists):
            if row < len(words):
                sheet.write_string(FIRST_ROW + row, 2 * place, words[row], formats["text"])
                sheet.write_string(FIRST_ROW + row, 2 * place + 1, labels[row], formats["text"])
    for place, (name, words, _) in enumerate(lists):
        letter = xl_col_to_name(2 * place, col_abs=True)
        workbook.define_name(name, f"=Lists!{letter}${FIRST_ROW + 1}:{letter}${FIRST_ROW + len(words)}")
    sheet.freeze_panes(FIRST_ROW, 0)
    _protect(sheet)
    _print_well(sheet)


@cache
def _lists() -> tuple[tuple[str, list[str], list[str]], ...]:
    """Each list of the workbook: its name, its words and what they mean."""
    words = decision_words()
    found = [("decision_kind_list", list(words.kinds), list(words.kinds.values()))]
    for kind in words.kinds:
        outcomes = words.outcomes_of(kind)
        found.append((f"outcomes_{kind}", outcomes, [words.outcomes[kind, outcome].label for outcome in outcomes]))
    for kind, outcome in words.outcomes:
        reasons = words.reasons_of(kind, outcome)
        if reasons:
            labels = [words.reasons[kind, outcome, reason].label for reason in reasons]
            found.append((f"reasons_{outcome}", reasons, labels))
    for name in ("reviewer_credential", "licence_state"):
        lines = read_list(name)
        found.append((f"{name}_list", [line[name] for line in lines], [line["label"] for line in lines]))
    return tuple(found)


def _run_lines(connection: Connection, cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    run_id, as_of_date, code_version, grade, policy_versions, parameters = connection.execute(
        "select run_id, as_of_date, code_version, grade, policy_versions, parameters from audit.run"
    ).fetchall()[0]
    yield "Implant episodes flagged for review"
    if json.loads(parameters).get("synthetic_data"):
        yield "Synthetic data: nobody here is real."
    yield f"Run {run_id}, as of {as_of_date}, program {code_version}, grade {grade}."
    amounts = [case["paid_amount"] for case in cases if case["paid_amount"] is not None]
    unknown = beside_unknown(len(cases) - len(amounts))
    yield f"{len(cases):,} episodes, {sum(amounts):,.2f} US dollars paid, under review{unknown}."
    counts = ((status, sum(case["case_status"] == status for case in cases)) for status in STATUSES)
    yield "By status: " + ", ".join(f"{count:,} {status}" for status, count in counts) + "."
    yield "Policies: " + "; ".join(version.rsplit(" ", 1)[0] for version in policy_versions) + "."


def _write_cell(sheet: Worksheet, row: int, place: int, value: object, cell_format: Format) -> None:
    """Writes a cell by the type of its value, so that no text is ever taken for anything else."""
    if isinstance(value, list):
        value = LIST_SEPARATOR.join(map(str, value))
    if value is None or value == "":
        sheet.write_blank(row, place, None, cell_format)
    elif isinstance(value, str):
        sheet.write_string(row, place, harmless(value)[:LONGEST_CELL], cell_format)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, cell_format)
    else:
        sheet.write_number(row, place, value, cell_format)


def harmless(text: str) -> str:
    """``text``, with an apostrophe in front where a spreadsheet could run it."""
    return f"'{text}" if DANGEROUS.match(text) else text


def _protect(sheet: Worksheet) -> None:
    """Locks what is not open, without a password: it guards against slips; the row hash guards the import."""
    sheet.protect("", {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True})


def _print_well(sheet: Worksheet, *, titles: bool = True) -> None:
    sheet.set_paper(LETTER_PAPER)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&LConfidential. No determination has been made.&RPage &P of &N")
    if titles:
        sheet.repeat_rows(0, HEADER_ROW)
        sheet.repeat_columns(0, FROZEN_COLUMNS - 1)
