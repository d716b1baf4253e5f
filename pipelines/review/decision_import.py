"""Import: what people wrote into the worklist workbook, or into a CSV of its columns, becomes recorded decisions.

Each row is judged on its own: recorded, already recorded, or refused with every reason. What is said of a row names
its number and what was expected, and never what stood in it.
"""

from __future__ import annotations

import csv
import hashlib
import re
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pipelines.ground.errors import InputRefusedError, UsageError
from pipelines.ground.files import MEGABYTE, read_file
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.run_lock import store_lock
from pipelines.review.case_review import Placing, decisions_standing, episodes_with_evidence, published_review
from pipelines.review.decision_words import decision_words
from pipelines.review.decisions import (
    DECISION_SCHEMA,
    decision_id,
    enter_recorded,
    read_decisions,
    write_decisions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Literal

    import polars as pl

    from pipelines.ground.warehouse import Connection
    from pipelines.review.decision_words import DecisionWords, OutcomeWord

    FilledRow = Mapping[str, str | date | None]
    RowFate = Literal["recorded", "already_recorded", "refused", "conflict"]


SHEET = "Worklist"
KEY_COLUMNS = ("case_id", "row_hash", "run_id", "decision_seen")
FILLED_COLUMNS = (
    "review_outcome",
    "review_reason",
    "review_note",
    "assignee",
    "reviewer",
    "reviewer_credential",
    "licence_state",
    "decided_on",
)
OPTIONAL_COLUMN = "decision_kind"
CONTENT = ("case_id", "episode_id", OPTIONAL_COLUMN, *FILLED_COLUMNS, "evidence_digest")
"""What makes a decision the same as another one."""

HEADER_WITHIN_ROWS = 5
SHORTEST_NOTE = 10
LONGEST_TEXT = 2_000
MOST_BYTES = 64 * MEGABYTE
"""The bytes that a file which came back may have; a worklist of 100,000 cases has less."""
MOST_BYTES_UNPACKED = 512 * MEGABYTE
MOST_PARTS = 1_000
# The workbook and the CSV put an apostrophe before a text that a spreadsheet could run; it is taken off again here.
PROTECTED_TEXT = re.compile("^'(?=\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n])")
STALE = "the case changed since export (row_hash differs): make the decision again on the worklist of the published run"


@dataclass(frozen=True)
class RowResult:
    """What became of one filled row; ``row_number`` counts as a spreadsheet does, the first row being 1."""

    row_number: int
    fate: RowFate
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did, row by row, and where the decisions were written (nowhere in a dry run)."""

    rows: tuple[RowResult, ...]
    is_dry_run: bool
    written: Path | None

    def count(self, fate: RowFate) -> int:
        """How many rows ended so."""
        return sum(row.fate == fate for row in self.rows)

    @property
    def has_refusals(self) -> bool:
        """Whether some row was not taken."""
        return any(row.fate in {"refused", "conflict"} for row in self.rows)

    def lines(self) -> list[str]:
        """One line of totals, a line a reason, and what was written."""
        total = (
            f"{len(self.rows):,} rows: {self.count('recorded'):,} ok, {self.count('already_recorded'):,} already "
            f"recorded, {self.count('refused'):,} refused, {self.count('conflict'):,} in conflict"
        )
        lines = [total]
        lines += [f"  row {row.row_number:<5} {reason}" for row in self.rows for reason in row.reasons]
        if self.is_dry_run:
            lines.append("nothing written (dry run)")
        elif self.written is None:
            lines.append("nothing to write")
        else:
            lines.append(f"written: {self.written}")
        return lines

    def as_json(self) -> dict[str, Any]:
        """The report as a dictionary of plain values."""
        fates = Counter(row.fate for row in self.rows)
        return {
            "row_count": len(self.rows),
            "recorded_count": fates["recorded"],
            "already_recorded_count": fates["already_recorded"],
            "refused_count": fates["refused"],
            "conflict_count": fates["conflict"],
            "is_dry_run": self.is_dry_run,
            "written": str(self.written) if self.written else None,
            "rows": [
                {"row_number": row.row_number, "fate": row.fate, "reasons": list(row.reasons)} for row in self.rows
            ],
        }


@dataclass(frozen=True)
class Cells:
    """The filled rows of a file: the columns it has, and each row's number and cells (dates or trimmed text)."""

    columns: frozenset[str]
    rows: tuple[tuple[int, FilledRow], ...]


def import_decisions(
    file: Path, *, store: Path, published: Path, dry_run: bool, imported_at_utc: datetime, imported_by: str
) -> ImportReport:
    """What became of each filled row of ``file``, a workbook (.xlsx) or a CSV with its columns.

    A row must show the evidence of the published audit (``row_hash``), closed words, a named reviewer and a day; what
    each outcome asks for beyond that is in ``sql/decisions``. Good rows are recorded in ``store``, one new file an
    import; the others are refused with every reason. A row that says what was recorded before changes nothing.
    Two rows on one case, or a decision another person recorded since the export, are conflicts.

    Raises ``InputRefusedError`` where the file is no worklist, ``UsageError`` where nothing is published.
    """
    _check_published(published)
    content, cells = _read(file)
    return take_in(
        content,
        cells,
        store=store,
        published=published,
        dry_run=dry_run,
        imported_at_utc=imported_at_utc,
        imported_by=imported_by,
    )


def take_in(
    content: bytes,
    cells: Cells,
    *,
    store: Path,
    published: Path,
    dry_run: bool,
    imported_at_utc: datetime,
    imported_by: str,
) -> ImportReport:
    """What became of each of the filled rows ``cells``, which ``content`` holds; as ``import_decisions`` says."""
    if not imported_by.strip():
        message = "Decisions are recorded by a named person. Say who imports them."
        raise UsageError(message)
    _check_published(published)
    if dry_run:
        rows, _ = _judged(cells, store, published, imported_at_utc)
        return ImportReport(rows=rows, is_dry_run=True, written=None)
    with store_lock(store.parent, since=imported_at_utc):
        rows, decisions = _judged(cells, store, published, imported_at_utc)
        recorded = {
            "recorded_at_utc": imported_at_utc.replace(tzinfo=None),
            "recorded_by": imported_by.strip(),
            "import_sha256": hashlib.sha256(content).hexdigest(),
        }
        if any(row.fate == "already_recorded" for row in rows):
            enter_recorded(store)
        written = write_decisions(store, [decision | recorded for decision in decisions]) if decisions else None
    return ImportReport(rows=rows, is_dry_run=False, written=written)


def _check_published(published: Path) -> None:
    if not (published / DATABASE_FILE).is_file():
        message = f"There is no published audit in {published}, so no decision can be compared with its evidence."
        raise UsageError(message)


def _judged(
    cells: Cells, store: Path, published: Path, imported_at_utc: datetime
) -> tuple[tuple[RowResult, ...], list[dict[str, Any]]]:
    with open_published(published) as connection:
        judge = _Judge(connection, store, newest_day=imported_at_utc.date() + timedelta(days=1))
    missing = [name for name in (*KEY_COLUMNS, *FILLED_COLUMNS) if name not in cells.columns]
    if missing:
        reasons = tuple(f"the column {name} was deleted: work in a fresh copy of the worklist" for name in missing)
        return tuple(RowResult(number, "refused", reasons) for number, _ in cells.rows), []
    results = []
    decisions: list[dict[str, Any]] = []
    places = Counter((row["case_id"], row["row_hash"], row.get(OPTIONAL_COLUMN)) for _, row in cells.rows)
    for number, row in cells.rows:
        if places[row["case_id"], row["row_hash"], row.get(OPTIONAL_COLUMN)] > 1:
            results.append(RowResult(number, "conflict", ("the case stands on more than one filled row: keep one",)))
            continue
        result, made = judge.row(number, row)
        results.append(result)
        decisions += made
    return tuple(results), decisions


class _Judge:
    """Judges rows against the published audit and what was recorded before."""

    def __init__(self, connection: Connection, store: Path, *, newest_day: date) -> None:
        self._words = decision_words()
        self._newest_day = newest_day
        self._cases = _cases(connection)
        self._run_id = connection.execute("select run_id from audit.run").fetchall()[0][0]
        review = published_review(connection, store)
        self._first_flagged = dict(review.select("episode_id", "first_flagged_date").iter_rows())
        self._recorded = _by_episode(read_decisions(store), connection)

    def row(self, number: int, row: FilledRow) -> tuple[RowResult, list[dict[str, Any]]]:
        """What becomes of one row, and the decisions it makes: an assignment, an outcome, or both."""
        cases = self._cases.get(str(row["case_id"]), [])
        if not cases:
            return RowResult(number, "refused", ("the published audit has no such case_id",)), []
        episode = next((case for case in cases if case["evidence_digest"] == row["row_hash"]), cases[0])
        drafts = list(_drafts(row, episode, self._words))
        recorded = self._recorded.get(episode["episode_id"], [])
        standing = decisions_standing(recorded)
        known = {decision["decision_id"] for decision in recorded}
        fresh = [draft for draft in drafts if draft["decision_id"] not in known and not _repeats(draft, standing)]
        if not fresh:
            return RowResult(number, "already_recorded", _replaced(drafts, standing)), []
        # A row recorded before its evidence changed is no fault; only something new must rest on today's evidence.
        if episode["evidence_digest"] != row["row_hash"]:
            return RowResult(number, "refused", (STALE,)), []
        reasons = tuple(reason for draft in fresh for reason in self._refusals(draft, row, episode, standing))
        conflicts = tuple(reason for draft in fresh if (reason := _conflict(draft, row, standing)))
        if reasons or conflicts:
            return RowResult(number, "refused" if reasons else "conflict", reasons or conflicts), []
        return RowResult(number, "recorded"), [
            draft | self._facts(episode, draft, number, row, standing) for draft in fresh
        ]

    def _refusals(
        self,
        draft: Mapping[str, Any],
        row: FilledRow,
        episode: Mapping[str, Any],
        standing: Mapping[str, Mapping[str, Any]],
    ) -> Iterator[str]:
        """Every reason why a decision cannot be recorded."""
        if not row["run_id"]:
            yield "run_id is blank: work in a fresh copy of the worklist"
        yield from (
            f"{name} holds more than {LONGEST_TEXT:,} characters"
            for name in FILLED_COLUMNS
            if isinstance(draft[name], str) and len(draft[name]) > LONGEST_TEXT
        )
        if draft["decision_kind"] == "assignment":
            return
        if draft["decision_kind"] not in self._words.kinds:
            yield f"decision_kind is not a known word; use one of {', '.join(self._words.kinds)}, or leave it blank"
            return
        if not draft["reviewer"]:
            yield "reviewer is blank: an outcome is recorded by a named person"
        yield from self._day_refusals(draft["decided_on"], episode)
        outcome = self._words.outcomes.get((draft["decision_kind"], draft["review_outcome"] or ""))
        if outcome is None:
            known = ", ".join(self._words.outcomes_of(draft["decision_kind"]))
            yield f"review_outcome is {'not a known word' if draft['review_outcome'] else 'blank'}; use one of {known}"
            return
        yield from _reason_refusals(self._words, draft, outcome)
        yield from _person_refusals(self._words, draft, outcome)
        yield from _order_refusals(draft, outcome, standing)

    def _day_refusals(self, day: object, episode: Mapping[str, Any]) -> Iterator[str]:
        if day is None:
            yield "decided_on is blank: give the day of the decision"
        elif not isinstance(day, date):
            yield "decided_on is not a date; write it as YYYY-MM-DD"
        elif day > self._newest_day:
            yield "decided_on lies in the future"
        elif day < episode["anchor_date"]:
            yield "decided_on lies before the implant"

    def _facts(
        self,
        episode: Mapping[str, Any],
        draft: Mapping[str, Any],
        number: int,
        row: FilledRow,
        standing: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Any]:
        """How the case stood when it was decided, for figures that outlive the published file."""
        kept = {name: episode[name] for name in DECISION_SCHEMA if name in episode and name not in draft}
        return kept | {
            "import_row": number,
            "replaces_decision_id": standing.get(draft["decision_kind"], {}).get("decision_id"),
            "seen_run_id": row["run_id"],
            "run_id": self._run_id,
            "first_flagged_date": self._first_flagged.get(episode["episode_id"]),
        }


def _cases(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """The episodes of the published audit by case; two episodes of one claim may share a case."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for episode in episodes_with_evidence(connection).iter_rows(named=True):
        cases.setdefault(episode["case_id"], []).append(episode)
    return cases


def _by_episode(decisions: pl.DataFrame, connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """What was recorded before, by today's episode, in the order of recording."""
    place = Placing(connection.execute("select episode_id, case_id from audit.episode_review").pl())
    found: dict[str, list[dict[str, Any]]] = {}
    for decision in decisions.iter_rows(named=True):
        if episode_id := place.of(decision):
            found.setdefault(episode_id, []).append(decision)
    return found


def _drafts(row: FilledRow, episode: Mapping[str, Any], words: DecisionWords) -> Iterator[dict[str, Any]]:
    """The decisions a row speaks of, with their content and name.

    An outcome is named after the evidence the row shows. An assignment hands work over and judges nothing: it is named
    after the run instead, so that a case can go back to whom it belonged before.
    """
    blank: dict[str, Any] = dict.fromkeys(FILLED_COLUMNS)
    shared = {
        "case_id": episode["case_id"],
        "episode_id": episode["episode_id"],
        "evidence_digest": row["row_hash"],
    }
    if row["assignee"]:
        assigned = {"decision_kind": "assignment", "review_outcome": "ASSIGNED", "assignee": row["assignee"]}
        content = blank | shared | assigned
        yield content | {"decision_id": decision_id(content | {"evidence_digest": row["run_id"]})}
    if any(row[name] for name in FILLED_COLUMNS if name != "assignee"):
        content = blank | {name: row[name] for name in FILLED_COLUMNS if name != "assignee"} | shared
        content["decision_kind"] = row.get(OPTIONAL_COLUMN) or words.kind_of(content["review_outcome"])
        yield content | {"decision_id": decision_id({name: content[name] for name in CONTENT})}


def _replaced(drafts: Sequence[Mapping[str, Any]], standing: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What to say of a row whose outcome was recorded before and is not the one in force."""
    in_force = standing.get("review", {}).get("decision_id")
    if any(draft["decision_kind"] == "review" and draft["decision_id"] != in_force for draft in drafts):
        return ("recorded before and replaced since; to record it again, change decided_on or the note",)
    return ()


def _repeats(draft: Mapping[str, Any], standing: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a draft is the assignment in force."""
    in_force: str | None = standing.get("assignment", {}).get("assignee")
    return bool(draft["decision_kind"] == "assignment" and in_force == draft["assignee"])


def _conflict(draft: Mapping[str, Any], row: FilledRow, standing: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Why a review outcome meets another one that its reviewer could not see; None when it does not."""
    in_force = standing.get("review")
    if draft["decision_kind"] != "review" or in_force is None:
        return None
    if row["decision_seen"] == in_force["decision_id"] or in_force["reviewer"] == draft["reviewer"]:
        return None
    return (
        "another reviewer recorded an outcome for this case since the export: talk to them, then decide on a "
        "fresh copy of the worklist"
    )


def _reason_refusals(words: DecisionWords, draft: Mapping[str, Any], outcome: OutcomeWord) -> Iterator[str]:
    """What is wrong with the reason and the note."""
    known = words.reasons_of(outcome.decision_kind, outcome.review_outcome)
    reason = words.reasons.get((outcome.decision_kind, outcome.review_outcome, draft["review_reason"] or ""))
    if known and reason is None:
        found = "not a reason for this outcome" if draft["review_reason"] else "blank"
        yield f"review_reason is {found}; {outcome.review_outcome} takes one of {', '.join(known)}"
    elif not known and draft["review_reason"]:
        yield f"{outcome.review_outcome} takes no review_reason: leave it blank and use the note"
    told = outcome.review_outcome if outcome.needs_note == "yes" else None
    if reason is not None and reason.needs_note == "yes":
        told = f'review_reason "{reason.review_reason}"'
    if told and len(draft["review_note"] or "") < SHORTEST_NOTE:
        yield f"{told} needs a review_note of {SHORTEST_NOTE}+ characters"


def _person_refusals(words: DecisionWords, draft: Mapping[str, Any], outcome: OutcomeWord) -> Iterator[str]:
    """What is wrong with who decided: credentials are words of a list, and some outcomes ask for a licence."""
    credential, state = draft["reviewer_credential"], draft["licence_state"]
    standing = words.standing_by_credential.get(credential or "")
    if credential and standing is None:
        yield f"reviewer_credential is not a known word; use one of {', '.join(words.standing_by_credential)}"
    if state and state not in words.licence_states:
        yield "licence_state is not a two-letter state"
    if outcome.who_may_set == "clinician":
        if not credential or not state:
            yield f"{outcome.review_outcome} needs reviewer_credential and licence_state"
        elif standing not in {"clinician", None}:
            yield f"{outcome.review_outcome} may be set by a licensed clinician only"
    elif outcome.who_may_set == "clinician_or_nurse":
        if not credential:
            yield f"{outcome.review_outcome} needs reviewer_credential"
        elif standing not in {"clinician", "nurse", None}:
            yield f"{outcome.review_outcome} may be set by a clinician or registered nurse only"


def _order_refusals(
    draft: Mapping[str, Any], outcome: OutcomeWord, standing: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """What is wrong with the order of things: appeals, second reviews and payment actions follow an outcome."""
    in_force = standing.get("review")
    if outcome.needs_outcome_in_force == "any" and in_force is None:
        yield f"{outcome.review_outcome} follows a review outcome, and the case has none in force"
    elif outcome.needs_outcome_in_force not in {"", "any"} and (
        in_force is None or in_force["review_outcome"] != outcome.needs_outcome_in_force
    ):
        yield f"{outcome.review_outcome} follows {outcome.needs_outcome_in_force}, which is not in force for the case"
    if outcome.review_outcome == "REOPENED" and in_force is None:
        yield "REOPENED takes back an outcome, and the case has none in force"
    if outcome.decision_kind == "second_review" and in_force and in_force["reviewer"] == draft["reviewer"]:
        yield "a second review is made by another person than the first"


def _read(file: Path) -> tuple[bytes, Cells]:
    """The bytes of ``file`` and its filled rows. Raises ``InputRefusedError`` where it is no worklist."""
    try:
        content = read_file(file, most=MOST_BYTES)
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror}). Name the workbook or CSV that came back."
        raise UsageError(message) from None
    if file.suffix.lower() == ".xlsx":
        return content, _cells(file, _workbook_rows(file, content))
    if file.suffix.lower() == ".csv":
        return content, _cells(file, _csv_rows(file, content))
    message = f"{file} is neither a workbook (.xlsx) nor a CSV (.csv). Save the worklist as one of them."
    raise InputRefusedError(message)


def _csv_rows(file: Path, content: bytes) -> Iterator[Sequence[object]]:
    try:
        yield from csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error):
        message = f"{file} is not a CSV in UTF-8 with RFC 4180 quotes. Save it as CSV UTF-8 and import it again."
        raise InputRefusedError(message) from None


def _workbook_rows(file: Path, content: bytes) -> Iterator[Sequence[object]]:
    try:
        _refuse_hostile(file, content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a spreadsheet adds; values are all we read
            workbook = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            if SHEET not in workbook.sheetnames:
                message = f"{file} has no sheet {SHEET}. Import the worklist workbook, or a CSV with its columns."
                raise InputRefusedError(message)
            sheet = workbook[SHEET]
            sheet.reset_dimensions()  # what a file says of its own size may be wrong
            yield from sheet.iter_rows(values_only=True)
        finally:
            workbook.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError):
        message = f"{file} is not a workbook that can be read, or it is damaged. Save it again as .xlsx."
        raise InputRefusedError(message) from None


def _refuse_hostile(file: Path, content: bytes) -> None:
    """Refuses a workbook that unpacks to far more than a worklist, or that declares XML entities."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        is_hostile = (
            len(archive.infolist()) > MOST_PARTS
            or sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES_UNPACKED
        )
        for entry in () if is_hostile else archive.infolist():
            with archive.open(entry) as part:
                is_hostile = is_hostile or b"<!DOCTYPE" in part.read(4096).upper()
    if is_hostile:
        message = f"{file} is no worklist: it has too many parts, is too large when unpacked, or declares XML entities."
        raise InputRefusedError(message)


def _cells(file: Path, rows: Iterable[Sequence[object]]) -> Cells:
    """The rows below the header that have one of the outcome columns filled."""
    header: list[str] | None = None
    filled: list[tuple[int, FilledRow]] = []
    for number, row in enumerate(rows, start=1):
        if header is None:
            names = [str(cell).strip().lower() if cell is not None else "" for cell in row]
            if "case_id" in names:
                header = names
                if repeated := sorted(name for name, count in Counter(names).items() if name and count > 1):
                    known = [name for name in repeated if name in {*KEY_COLUMNS, *FILLED_COLUMNS, OPTIONAL_COLUMN}]
                    if known:
                        message = f"{file} has the column {known[0]} twice. Work in a fresh copy of the worklist."
                        raise InputRefusedError(message)
            elif number >= HEADER_WITHIN_ROWS:
                break
            continue
        cells = {name: _cell(name, value) for name, value in zip(header, row, strict=False) if name}
        if any(cells.get(name) for name in FILLED_COLUMNS):
            filled.append((number, dict.fromkeys((*KEY_COLUMNS, *FILLED_COLUMNS)) | cells))
    if header is None:
        message = f"{file} has no header with the column case_id in its first {HEADER_WITHIN_ROWS} rows."
        raise InputRefusedError(message)
    return Cells(columns=frozenset(header), rows=tuple(filled))


def _cell(name: str, value: object) -> str | date | None:
    """A cell as trimmed text or as a date; blank is None. Words of closed lists are taken whatever their case."""
    if isinstance(value, date) and name == "decided_on":
        return value.date() if isinstance(value, datetime) else value
    text = PROTECTED_TEXT.sub("", str(value)).strip() if value is not None else ""
    if not text:
        return None
    if name == "decided_on":
        try:
            return date.fromisoformat(text[:10]) if text[10:] in {"", " 00:00:00", "T00:00:00"} else text
        except ValueError:
            return text
    if name in {"review_outcome", "reviewer_credential", "licence_state"}:
        return text.upper()
    return text.lower() if name in {"review_reason", OPTIONAL_COLUMN, "row_hash"} else text
