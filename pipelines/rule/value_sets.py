"""Value sets: CSV files with a gate in front, tables of the schema ``value_sets`` behind it.

One file is one set and one table of its name. The gate refuses what would make the rule match
too much, too little or twice; what is only suspicious is a warning. The columns ``label``, ``note``
and ``source`` carry no meaning for the rule, except that the labels of drug ingredients are words
that a generic name is searched for.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from pipelines.ground.errors import ValueSetError
from pipelines.ground.files import MEGABYTE, read_file
from pipelines.ground.warehouse import identifier, put_frame
from pipelines.rule.code_systems import CODE_SYSTEMS, normalise_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection


MOST_OF_A_SET: Final = 64 * MEGABYTE
"""The bytes that the file of a value set may have."""
CODE_COLUMNS: Final = (
    "value_set",
    "code_system",
    "code",
    "label",
    "effective_start",
    "effective_end",
    "note",
    "source",
)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "clinical_trial": (*CODE_COLUMNS, "trial_marker"),
    "complications": CODE_COLUMNS,
    "conservative_care": (
        *CODE_COLUMNS,
        "modality",
        "counts",
        "care_group",
        "needs_back_diagnosis",
        "hours_per_unit",
    ),
    "diagnoses_low_back_pain": (*CODE_COLUMNS, "specificity"),
    "discontinued_procedure": CODE_COLUMNS,
    "documentation_modalities": ("value_set", "word", "care_group"),
    "index_procedures": (*CODE_COLUMNS, "role", "opens_event"),
    "medications": (*CODE_COLUMNS, "counts", "atc", "drug_class"),
    "non_oral_forms": ("value_set", "word", "note"),
    "not_conservative": (*CODE_COLUMNS, "counts"),
    "other_indications": (*CODE_COLUMNS, "indication_class"),
    "prior_spine_surgery": CODE_COLUMNS,
    "psych_evaluation": (*CODE_COLUMNS, "counts"),
    "red_flags": CODE_COLUMNS,
    "total_lines": CODE_COLUMNS,
}
"""The value sets the rule reads, each with the columns it must have."""

LEAD_ROLES: Final = ("trial_or_lead", "paddle_lead", "pns_lead", "one_piece")
CARE_GROUPS: Final = ("exercise", "manipulation", "psychological", "interdisciplinary", "acupuncture")

WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("clinical_trial", "trial_marker"): ("", "diagnosis", "investigational"),
    ("conservative_care", "modality"): (
        "exercise_pt",
        "manual_therapy",
        "passive_modality",
        "manipulation",
        "psychological",
        "interdisciplinary_rehab",
        "acupuncture",
        "documentation",
    ),
    ("conservative_care", "counts"): ("yes", "no"),
    ("conservative_care", "care_group"): ("", *CARE_GROUPS),
    ("conservative_care", "needs_back_diagnosis"): ("", "yes", "no"),
    ("diagnoses_low_back_pain", "value_set"): ("lbp_unspecified", "lbp_near_neighbour"),
    ("diagnoses_low_back_pain", "specificity"): (
        "unspecified",
        "other_lbp",
        "axial_specific",
        "lbp_with_leg",
        "radicular",
        "other_region",
        "imaging_finding",
        "stenosis_claudication",
        "nonspecific_soft_tissue",
        "acute_injury",
        "muscle_control",
        "pain_label",
    ),
    ("documentation_modalities", "care_group"): (*CARE_GROUPS, "medication"),
    ("index_procedures", "role"): (
        *LEAD_ROLES,
        "generator",
        "revision",
        "removal",
        "programming",
        "device_supply",
    ),
    ("index_procedures", "opens_event"): ("yes", "no", "with_low_back_pain_diagnosis"),
    ("medications", "counts"): ("yes", "no"),
    ("not_conservative", "counts"): ("no",),
    ("other_indications", "indication_class"): ("supported", "not_supporting", "device_history"),
    ("psych_evaluation", "counts"): ("yes", "no"),
}
"""The closed lists of words: a word outside its list would never match, in silence."""

_WORD = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 31)
_FAULTS_SHOWN = 10


@dataclass(frozen=True)
class ValueSet:
    """One value set: its rows as the file has them, in file order, and the digest of the file.

    The first of ``rows`` is row number 1. Values are trimmed text; ``frame`` has them typed.
    ``warnings`` are sentences for whoever looks after the file.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    sha256: str
    warnings: tuple[str, ...] = ()

    def frame(self) -> pl.DataFrame:
        """One row a code (or word) of the set, typed and normalised, in file order.

        Codes stand without dots and inner blanks in upper case (docs/rule.md 1.1); ``match_system``
        is ``hcpcs`` for ``cpt`` and ``hcpcs``, else the code system. ``first_valid_date`` and ``last_valid_date`` are
        the effective dates with the open ones filled, both in, for models to ask ``between``.
        """
        columns: dict[str, pl.Series] = {}
        for name in self.columns:
            values = [row[name] or None for row in self.rows]
            if name == "code":
                codes = [normalise_code(row["code_system"], row["code"]) for row in self.rows]
                columns[name] = pl.Series(name, codes, dtype=pl.String)
            elif name in {"effective_start", "effective_end"}:
                days = [None if value is None else date.fromisoformat(value) for value in values]
                columns[name] = pl.Series(name, days, dtype=pl.Date)
            elif name == "hours_per_unit":
                hours = [None if value is None else float(value) for value in values]
                columns[name] = pl.Series(name, hours, dtype=pl.Float64)
            else:
                columns[name] = pl.Series(name, values, dtype=pl.String)
        if "code_system" in self.columns:
            systems = [CODE_SYSTEMS[row["code_system"]].match_system for row in self.rows]
            columns["match_system"] = pl.Series("match_system", systems, dtype=pl.String)
        for name, dates, open_day in (
            ("first_valid_date", "effective_start", FIRST_DAY),
            ("last_valid_date", "effective_end", LAST_DAY),
        ):
            if dates in columns:
                columns[name] = columns[dates].fill_null(open_day).alias(name)
        columns["row_number"] = pl.Series("row_number", range(1, len(self.rows) + 1), dtype=pl.Int32)
        return pl.DataFrame(columns)


@dataclass(frozen=True)
class ValueSetReport:
    """What the gate found in a folder: the sets that can be trusted, faults, and warnings."""

    value_sets: tuple[ValueSet, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the folder may be loaded."""
        return not self.faults

    def lines(self) -> tuple[str, ...]:
        """The report as lines of text: a line a set, then every fault, then every warning."""
        return (
            *(
                f"{value_set.name}: {len(value_set.rows)} rows, sha256 {value_set.sha256}"
                for value_set in self.value_sets
            ),
            *(f"fault: {fault}" for fault in self.faults),
            *(f"warning: {warning}" for warning in self.warnings),
            f"{len(self.value_sets)} value sets, {len(self.faults)} faults, {len(self.warnings)} warnings.",
        )

    def as_json(self) -> dict[str, Any]:
        """The value sets with their digests, the faults and the warnings."""
        return {
            "value_sets": [
                {"value_set": each.name, "row_count": len(each.rows), "sha256": each.sha256} for each in self.value_sets
            ],
            "faults": list(self.faults),
            "warnings": list(self.warnings),
        }


def load_value_sets(folder: Path) -> tuple[ValueSet, ...]:
    """Every value set of ``folder``, by name.

    Raises ``ValueSetError`` with the first faults (file, line, what is wrong, what to do) when any
    file cannot be trusted: a set missing or empty, a column missing, a date or code of the wrong
    shape, an end before its start, an unknown system or word, a code twice at one time.
    """
    report = check_value_sets(folder)
    if report.faults:
        shown = "\n".join(report.faults[:_FAULTS_SHOWN])
        more = len(report.faults) - _FAULTS_SHOWN
        tail = f"\n{more} more; `stimaudit value-sets check` lists them all." if more > 0 else ""
        raise ValueSetError(shown + tail)
    return report.value_sets


def check_value_sets(folder: Path) -> ValueSetReport:
    """What the gate says of every file of ``folder``, all faults and warnings together."""
    value_sets: list[ValueSet] = []
    faults: list[str] = []
    if not folder.is_dir():
        faults.append(f"{folder}: there is no such folder of value sets; name the folder that holds the CSV files.")
        return ValueSetReport((), tuple(faults), ())
    names = {path.stem for path in folder.glob("*.csv")}
    faults.extend(
        f"{name}.csv: the value set is missing from {folder}; the rule reads it, so restore the file."
        for name in sorted(set(COLUMNS) - names)
    )
    for path in sorted(folder.glob("*.csv")):
        value_set, found = _read(path)
        faults.extend(found)
        if value_set is not None and not found:
            value_sets.append(value_set)
    warnings = [warning for value_set in value_sets for warning in value_set.warnings]
    warnings.extend(_dates_that_differ(value_sets))
    return ValueSetReport(tuple(value_sets), tuple(faults), tuple(warnings))


def write_value_sets(connection: Connection, value_sets: Iterable[ValueSet]) -> None:
    """Makes the schema ``value_sets``: one table a set, one row a code or word, in file order."""
    for value_set in value_sets:
        put_frame(connection, f"value_sets.{identifier(value_set.name)}", value_set.frame().sort("row_number"))


@dataclass(frozen=True)
class _Line:
    """A row of a file that passed so far, with the number of its line."""

    number: int
    row: Mapping[str, str]

    @property
    def start(self) -> date:
        return _day(self.row["effective_start"]) or FIRST_DAY

    @property
    def end(self) -> date:
        return _day(self.row["effective_end"]) or LAST_DAY


def _day(text: str) -> date | None:
    """The day of ``text``, none where it is blank; raises ``ValueError`` where it is no date of that form."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _read(path: Path) -> tuple[ValueSet | None, list[str]]:
    """The value set of ``path`` and every fault of the file; no set where it cannot be read at all."""
    try:
        content = read_file(path, most=MOST_OF_A_SET)
    except OSError as error:
        return None, [f"{path.name}: the file cannot be read ({error.strerror})."]
    return _read_text(path, content)


def _read_text(path: Path, content: bytes) -> tuple[ValueSet | None, list[str]]:
    name = path.stem
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [f"{path.name}: the file is not UTF-8 text; save it as UTF-8."]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = tuple(reader.fieldnames or ())
        read = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        return None, [f"{path.name}, line {reader.line_num + 1}: the line is not CSV ({error}); quote the field anew."]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        return None, [f"{path.name}, line 1: column {', '.join(twice)} stands twice; keep one."]
    needed = COLUMNS.get(name, CODE_COLUMNS)
    missing = [column for column in needed if column not in columns]
    if missing:
        return None, [
            f"{path.name}, line 1: column {', '.join(missing)} is missing; add it to the header and every row."
        ]
    faults: list[str] = []
    lines: list[_Line] = []
    for number, row in read:
        if None in row or None in row.values():
            faults.append(
                f"{path.name}, line {number}: the row has more or fewer fields than the header; quote commas."
            )
            continue
        lines.append(_Line(number, {column: value.strip() for column, value in row.items()}))
    if not read:
        faults.append(
            f"{path.name}: the value set has no rows; restore them: an empty set changes verdicts in silence."
        )
    sound = []
    for line in lines:
        found = list(_faults_of_row(name, line.row))
        faults.extend(f"{path.name}, line {line.number}: {fault}" for fault in found)
        if not found:
            sound.append(line)
    faults.extend(f"{path.name}, {fault}" for fault in _repeats(sound))
    warnings = () if faults else tuple(f"{path.name}, {warning}" for warning in _ended_without_successor(sound))
    rows = tuple(line.row for line in lines)
    return ValueSet(name, columns, rows, hashlib.sha256(content).hexdigest(), warnings), faults


def _faults_of_row(name: str, row: Mapping[str, str]) -> Iterator[str]:
    if not _WORD.fullmatch(row["value_set"]):
        yield f"value_set '{row['value_set']}' is not a lower-case word; name the group the row belongs to."
    for column in row:
        allowed = WORDS.get((name, column))
        if allowed is not None and row[column] not in allowed:
            known = ", ".join(word or "(blank)" for word in allowed)
            yield f"{column} '{row[column]}' is not a known word; use one of {known}."
    if "word" in row and "code" not in row:
        if not _WORD.fullmatch(row["word"]):
            yield f"word '{row['word']}' is not a lower-case word without blanks; write it so."
        return
    yield from _faults_of_code(row)
    yield from _faults_of_dates(row)
    if name == "conservative_care":
        yield from _faults_of_care(row)
    if name == "medications" and not _WORD.fullmatch(row["drug_class"]):
        yield f"drug_class '{row['drug_class']}' is not a lower-case word; name the class the drug is counted in."


def _faults_of_code(row: Mapping[str, str]) -> Iterator[str]:
    system = CODE_SYSTEMS.get(row["code_system"])
    if system is None:
        yield f"code_system '{row['code_system']}' is unknown; use one of {', '.join(CODE_SYSTEMS)}."
    elif not system.pattern.fullmatch(row["code"].replace(" ", "").upper()):
        yield f"'{row['code']}' is not a code of {row['code_system']} ({system.shape}); correct the code or its system."


def _faults_of_dates(row: Mapping[str, str]) -> Iterator[str]:
    days: dict[str, date | None] = {}
    for column in ("effective_start", "effective_end"):
        try:
            days[column] = _day(row[column])
        except ValueError:
            yield f"{column} '{row[column]}' is not a date; write YYYY-MM-DD, or leave it blank where it is open."
    start, end = days.get("effective_start"), days.get("effective_end")
    if start is not None and end is not None and end < start:
        yield f"effective_end {end} is before effective_start {start}; correct one of them (both days are in)."


def _faults_of_care(row: Mapping[str, str]) -> Iterator[str]:
    if row["counts"] == "yes" and not (row["care_group"] and row["needs_back_diagnosis"]):
        yield "counts is yes, but care_group or needs_back_diagnosis is blank; say which group and yes or no."
    if row["hours_per_unit"] and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", row["hours_per_unit"]):
        yield f"hours_per_unit '{row['hours_per_unit']}' is not a number; write hours such as 2 or 0.25."
    if row["counts"] == "yes" and row["care_group"] == "interdisciplinary" and not row["hours_per_unit"]:
        yield "an interdisciplinary row that counts needs hours_per_unit; write the hours of one unit."


def _repeats(lines: Iterable[_Line]) -> Iterator[str]:
    """A sentence for each pair of rows that would match the same code at the same time."""
    earlier: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        row = line.row
        if "code" not in row:
            key = ("word", row["word"])
            for other in earlier[key]:
                yield f"line {line.number}: word '{row['word']}' stands on line {other.number} already; keep one."
        else:
            system = CODE_SYSTEMS[row["code_system"]].match_system
            key = (system, normalise_code(row["code_system"], row["code"]))
            for other in earlier[key]:
                if line.start <= other.end and other.start <= line.end:
                    yield (
                        f"line {line.number}: code {row['code']} overlaps line {other.number} in time; "
                        "keep one row, or end one before the other starts."
                    )
        earlier[key].append(line)


def _ended_without_successor(lines: Sequence[_Line]) -> Iterator[str]:
    """A sentence for each code that ended while nothing of its group starts the day after.

    A successor is found in the same field (a diagnosis follows a diagnosis, whatever the edition). An
    ICD-10-CM code is split within its category, so there the first three characters must agree too.
    """
    starts: dict[tuple[str, str, date], set[str]] = defaultdict(set)
    for line in lines:
        if "code" in line.row and line.row["effective_start"]:
            field = CODE_SYSTEMS[line.row["code_system"]].field
            code = normalise_code(line.row["code_system"], line.row["code"])
            starts[(line.row["value_set"], field, line.start)].add(code)
    for line in lines:
        row = line.row
        if not row.get("effective_end"):
            continue
        field = CODE_SYSTEMS[row["code_system"]].field
        following = starts.get((row["value_set"], field, line.end + timedelta(days=1)), set())
        if row["code_system"] == "icd-10-cm":
            category = normalise_code("icd-10-cm", row["code"])[:3]
            following = {code for code in following if code.startswith(category)}
        if not following:
            yield (
                f"line {line.number}: code {row['code']} ended on {row['effective_end']} and no code of "
                f"{row['value_set']} starts the day after; add its successor, if it has one."
            )


def _dates_that_differ(value_sets: Iterable[ValueSet]) -> Iterator[str]:
    """A sentence for each code that two sets date differently."""
    dated: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for value_set in value_sets:
        for row in value_set.rows:
            if "code" in row:
                system = CODE_SYSTEMS[row["code_system"]].match_system
                key = (system, normalise_code(row["code_system"], row["code"]))
                dated[key][(row["effective_start"], row["effective_end"])].append(value_set.name)
    for (system, code), versions in sorted(dated.items()):
        names = {name for sets in versions.values() for name in sets}
        if len(versions) > 1 and len(names) > 1:
            yield f"code {code} ({system}) is dated differently in {', '.join(sorted(names))}; give it the same dates."
