"""Examples as text: a tiny member, the settings of its run, and what the audit is expected to say.

The form is taught in ``docs/examples.md``. What is read here are the words of the form; the values of claims, fills and
spans stay text and are read by landing's own expressions, so that an example means what a delivered row means.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from pipelines.ground.errors import UsageError
from pipelines.intake.extracts import read_extract_tables
from pipelines.proof.expected import Expected, LineFaultError
from pipelines.rule.parameters import parameter_units
from pipelines.rule.vocabulary import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pipelines.proof.expected import Check
    from pipelines.rule.vocabulary import ParameterValue


DAY_ZERO: Final = date(2024, 6, 10)
"""The day that numbers of days count from, unless the example says otherwise."""
AS_OF: Final = date(2026, 6, 30)
"""The run date, unless the example says otherwise."""
_LINE_WORDS: Final[Mapping[str, str]] = {
    "paid": "paid_amount",
    "allowed": "allowed_amount",
    "status": "claim_status",
    "frequency": "claim_frequency_code",
    "of": "original_claim_id",
    "units": "service_unit_quantity",
    "revenue": "revenue_center_code",
    "pointer": "diagnosis_pointer",
    "paid_on": "paid_date",
    "authorization": "prior_authorization_number",
    "conditions": "condition_codes",
    "trial": "clinical_trial_number",
    "line": "claim_line_number",
    "lob": "line_of_business",
    "type": "claim_type",
    "claim_from": "claim_start_date",
    "claim_to": "claim_end_date",
}
_FILL_WORDS: Final[Mapping[str, str]] = {
    "rxnorm": "rxnorm_code",
    "ndc": "ndc_code",
    "atc": "atc_code",
    "name": "generic_name",
    "days": "days_supply",
    "status": "claim_status",
    "line": "claim_line_number",
}
_SPAN_WORDS: Final[Mapping[str, str]] = {"lob": "line_of_business", "drugs": "has_pharmacy_benefit"}
_AUTHORIZATION_WORDS: Final[Mapping[str, str]] = {"id": "authorization_id", "code": "hcpcs_code"}
_STATEMENT_WORDS: Final[Mapping[str, str]] = {
    "id": "document_id",
    "visits": "visit_count",
    "author": "author_role",
    "source": "source_type",
}
_DIAGNOSIS_WORDS: Final[Mapping[str, str]] = {"rank": "diagnosis_rank", "type": "diagnosis_code_type"}
_PROCEDURE_WORDS: Final[Mapping[str, str]] = {"rank": "procedure_rank", "type": "procedure_code_type"}
_CROSSWALK_WORDS: Final[Mapping[str, str]] = {"ingredient": "rxnorm_ingredient"}

_TABLES = read_extract_tables()
_DATE_KINDS = frozenset({"date", "birth_date", "open_start_date", "open_end_date"})
_FEEDS: Final = tuple(
    name for name in _TABLES if name not in {"medical_claim", "claim_diagnosis", "drug_crosswalk", "member_crosswalk"}
)
_READERS: Final[Mapping[str, Callable[[str], ParameterValue]]] = {
    "BOOLEAN": lambda text: {"true": True, "false": False}[text],
    "DATE": date.fromisoformat,
    "INTEGER": int,
    "DOUBLE": float,
}
_PLACES: Final = ("delivery", "file")
_OWNERS: Final = ("own", "other")
"""Whose row of a claim number it is: the member's, or another member's who has a claim of the same number."""
_WIDE_DIAGNOSES = 25
_MODIFIERS = 5
_DAYS = re.compile(r"[+-]?[0-9]{1,4}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REPEAT = re.compile(r"x([1-9][0-9]{0,2})")
_RANKED = re.compile(r"([0-9]{1,2}):(.+)")


class ExampleTextError(UsageError):
    """An example text cannot be read; ``faults`` has one sentence a fault, each with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class ExampleRow:
    """One row of a canonical table as text, and the line of the text that gave it."""

    table_name: str
    values: Mapping[str, str]
    line_number: int
    delivery_number: int = 1
    file_number: int = 1


@dataclass(frozen=True)
class ExampleSettings:
    """What holds for the whole run of an example; examples with equal settings are audited together.

    Whether any span says if drugs are covered is a fact of the whole feed: an example none of whose spans says it is
    audited with its like, so that no example hangs on another.
    """

    as_of: date = AS_OF
    data_until: date | None = None
    assume_enrolled: bool = False
    feeds_left_out: tuple[str, ...] = ()
    single_policy: str | None = None
    policy_by_line_of_business: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, ParameterValue], ...] = ()
    crosswalk: tuple[tuple[str, str, str], ...] = ()
    reach: tuple[tuple[str, tuple[date | None, date | None]], ...] = ()
    payments_supplied: bool = True
    is_benefit_told: bool = True


@dataclass(frozen=True)
class Example:
    """One tiny member with its settings, its rows and what is expected of it.

    ``checks`` are by episode number (episodes in the order of their anchor dates, from 1).
    """

    title: str
    place: str
    text: str
    day_zero: date
    settings: ExampleSettings
    rows: tuple[ExampleRow, ...]
    episode_count: int
    checks: Mapping[int, tuple[Check, ...]]


def parse_examples(text: str, *, source: str) -> tuple[Example, ...]:
    """The examples of one file, in its order; ``source`` names the file in faults.

    An example starts at a line ``example TITLE``. Parameter overrides are refused here: a policy is changed in its
    dossier.
    Raises ``ExampleTextError`` with every fault of the file.
    """
    blocks, faults = _blocks(text, source)
    examples: list[Example] = []
    seen: dict[str, int] = {}
    for number, title, lines in blocks:
        if title in seen:
            faults.append(f"{source}, line {number}: line {seen[title]} has this title already; give each its own.")
        seen.setdefault(title, number)
        try:
            given = "\n".join(lines)
            examples.append(
                parse_example(given, title=title, source=source, first_line=number + 1, with_parameters=False)
            )
        except ExampleTextError as error:
            faults.extend(error.faults)
    if faults:
        raise ExampleTextError(faults)
    return tuple(examples)


def _blocks(text: str, source: str) -> tuple[list[tuple[int, str, list[str]]], list[str]]:
    """The line number, title and lines of each example of a file, and the faults of lines that belong to none."""
    blocks: list[tuple[int, str, list[str]]] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        first, *rest = line.split(maxsplit=1) or [""]
        if first == "example":
            if not rest:
                faults.append(f"{source}, line {number}: the example has no title; write `example` and a sentence.")
            blocks.append((number, " ".join(rest).strip(), []))
        elif blocks:
            blocks[-1][2].append(line)
        elif first and not first.startswith("#"):
            faults.append(
                f"{source}, line {number}: this stands before the first `example TITLE`; start an example above it."
            )
    if not blocks and not faults:
        faults.append(f"{source}: there is no example here; start one with a line `example TITLE`.")
    return blocks, faults


def parse_example(text: str, *, title: str, source: str, first_line: int = 1, with_parameters: bool = True) -> Example:
    """One example from the lines of ``text``, the first of which is line ``first_line`` of ``source``.

    Raises ``ExampleTextError`` with every fault: file, line, and what was expected.
    """
    reader = _Reader(title, source, first_line, with_parameters=with_parameters)
    reader.read(text)
    if reader.faults:
        raise ExampleTextError(reader.faults)
    return reader.example(text)


def parse_day(text: str, day_zero: date) -> date | None:
    """The day that ``text`` names (``2024-06-10``, or days from ``day_zero`` such as ``-365``), or none."""
    if _DAYS.fullmatch(text):
        return day_zero + timedelta(days=int(text))
    if _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


@dataclass
class _Claim:
    """What is known of one claim while its lines are read."""

    line_count: int = 0
    procedure_count: int = 0
    ranks: dict[str, int] = field(default_factory=dict)
    has_line: bool = False


class _Reader:
    """Reads the lines of one example; faults are collected, nothing is raised."""

    def __init__(self, title: str, source: str, first_line: int, *, with_parameters: bool) -> None:
        self.title = title
        self.source = source
        self.first_line = first_line
        self.with_parameters = with_parameters
        self.faults: list[str] = []
        self.day_zero = DAY_ZERO
        self.settings: dict[str, Any] = {}
        self.rows: list[ExampleRow] = []
        self.claims: dict[str, _Claim] = {}
        self.pointed: list[tuple[int, str]] = []
        self.expected = Expected()
        self.parameters: dict[str, ParameterValue] = {}
        self.crosswalk: list[tuple[str, str, str]] = []
        self.is_not_enrolled = False
        self.number = 0

    def read(self, text: str) -> None:
        """Reads settings first, for they say what a number of days counts from, then everything else."""
        later: list[tuple[int, list[str]]] = []
        for number, line in enumerate(text.splitlines(), start=self.first_line):
            self.number = number
            try:
                words = shlex.split(line, comments=True)
            except ValueError:
                self._fault("a quotation mark has no partner; close it")
                continue
            if words and not self._guarded(self._read_setting, words):
                later.append((number, words))
        for number, words in later:
            self.number = number
            self._guarded(self._read_row, words)
        self._finish()

    def example(self, text: str) -> Example:
        """The example as read."""
        rows = self.rows
        spans = [row for row in rows if row.table_name == "eligibility"]
        if not spans and not self.is_not_enrolled:
            span = {"enrollment_start_date": "2000-01-01", "has_pharmacy_benefit": "true"}
            rows = [*rows, ExampleRow("eligibility", span, self.first_line)]
        left_out = self.settings.get("feeds_left_out", ())
        return Example(
            title=self.title,
            place=f"{self.source}, line {max(self.first_line - 1, 1)}",
            text=text,
            day_zero=self.day_zero,
            settings=ExampleSettings(
                **self.settings,
                is_benefit_told=not spans or any(row.values.get("has_pharmacy_benefit") for row in spans),
                parameters=tuple(sorted(self.parameters.items())),
                crosswalk=tuple(sorted(self.crosswalk)),
            ),
            rows=tuple(row for row in rows if row.table_name not in left_out),
            episode_count=1 if self.expected.episode_count is None else self.expected.episode_count,
            checks={number: tuple(checks) for number, checks in sorted(self.expected.checks.items())},
        )

    def _fault(self, what: str) -> None:
        self.faults.append(f"{self.source}, line {self.number}: {what}.")

    def _guarded(self, read: Callable[[list[str]], bool], words: list[str]) -> bool:
        """Whether ``read`` knew the line; a fault in it is told and the line is done with."""
        try:
            return read(words)
        except LineFaultError as fault:
            self._fault(str(fault))
            return True

    def _finish(self) -> None:
        self.number = self.first_line
        if self.expected.is_nothing:
            self._fault("nothing is expected; add a line such as `expect flagged no_conservative_care_found`")
        for claim_id, claim in self.claims.items():
            if not claim.has_line:
                self._fault(f"claim {claim_id} has no line; add one, such as `0 63650 M54.50 claim={claim_id}`")
        until = self.settings.get("data_until")
        if isinstance(until, date):
            for row in self.rows:
                day = row.values.get("claim_line_start_date", "")
                if row.table_name == "medical_claim" and day > until.isoformat():
                    self.number = row.line_number
                    self._fault("the line is dated after `data until`; move one of the two")
        for position, claim_id in self.pointed:
            ranks = self.claims[claim_id].ranks.values()
            row = self.rows[position]
            values = {**row.values, "diagnosis_pointer": ":".join(map(str, sorted(ranks)))}
            self.rows[position] = ExampleRow(
                row.table_name, values, row.line_number, row.delivery_number, row.file_number
            )

    # ExampleSettings

    def _read_setting(self, words: list[str]) -> bool:
        match words:
            case ["as", "of", day]:
                self._set("as_of", self._absolute(day))
            case ["data", "until", day]:
                self._set("data_until", self._absolute(day))
            case ["day", "zero", day]:
                self.day_zero = self._absolute(day)
            case ["reach", *feeds] if feeds:
                self._set("reach", tuple(sorted(map(self._reach_of, feeds))))
            case ["assume", "enrolled"]:
                self._set("assume_enrolled", value=True)
            case ["without", "payments"]:
                self._set("payments_supplied", value=False)
            case ["without", *names]:
                feeds = [name for word in names for name in word.split(",") if name]
                if not feeds or any(feed not in _FEEDS for feed in feeds):
                    message = f"`without` names feeds that are not supplied, of: {', '.join(_FEEDS)}"
                    raise LineFaultError(message)
                self._set("feeds_left_out", tuple(sorted(feeds)))
            case ["policy" | "parameter" | "crosswalk" as first, *rest]:
                self._read_policy(first, rest)
            case _:
                return False
        return True

    def _read_policy(self, first: str, words: list[str]) -> None:
        match first, words:
            case "policy", [policy] if "=" not in policy:
                self._set("single_policy", policy)
            case "policy", [*assigned] if assigned and all("=" in word for word in assigned):
                pairs = (word.partition("=") for word in assigned)
                self._set("policy_by_line_of_business", tuple(sorted((line, policy) for line, _, policy in pairs)))
            case "parameter", [*overrides] if overrides:
                for override in overrides:
                    self._read_parameter(override)
            case "crosswalk", _:
                self._read_crosswalk(words)
            case _:
                message = "write `policy ID`, or `policy LINE_OF_BUSINESS=ID` with as many pairs as there are"
                raise LineFaultError(message)

    def _read_crosswalk(self, words: list[str]) -> None:
        fields = self._fields(words, "drug_crosswalk", _CROSSWALK_WORDS, extra=("ndc", "rxnorm"))
        system = next((name for name in ("ndc", "rxnorm") if name in fields), None)
        if system is None or "rxnorm_ingredient" not in fields:
            message = (
                "a crosswalk line is `crosswalk ndc=CODE ingredient=CODE` or `crosswalk rxnorm=CODE ingredient=CODE`"
            )
            raise LineFaultError(message)
        self.crosswalk.append((system, fields[system], fields["rxnorm_ingredient"]))

    def _set(self, name: str, value: object) -> None:
        if name in self.settings:
            message = f"{name.replace('_', ' ')} is set twice; keep one line"
            raise LineFaultError(message)
        self.settings[name] = value

    def _reach_of(self, word: str) -> tuple[str, tuple[date | None, date | None]]:
        feed, _, bounds = word.partition("=")
        first, parted, last = bounds.partition("..")
        days = [parse_day(text, self.day_zero) if text else None for text in (first, last)]
        if (
            feed not in {"medical_claim", "pharmacy_claim"}
            or not parted
            or (first and not days[0])
            or (last and not days[1])
        ):
            message = (
                "write `reach medical_claim=FIRST..LAST`, or the same of pharmacy_claim; a day left out is no bound"
            )
            raise LineFaultError(message)
        return feed, (days[0], days[1])

    def _absolute(self, text: str) -> date:
        day = parse_day(text, DAY_ZERO) if _ISO.fullmatch(text) else None
        if day is None:
            message = "a day is expected here, written YYYY-MM-DD"
            raise LineFaultError(message)
        return day

    def _read_parameter(self, word: str) -> None:
        name, _, text = word.partition("=")
        if not self.with_parameters:
            message = "an example cannot change a parameter; change the policy's dossier and name the policy"
            raise LineFaultError(message)
        unit = parameter_units().get(name)
        if unit is None or name in self.parameters:
            message = f"{name} is not a parameter of the rule, or stands twice"
            raise LineFaultError(message)
        try:
            self.parameters[name] = _READERS[UNITS[unit]](text)
        except (KeyError, ValueError):
            message = f"the value of {name} cannot be read as {unit}"
            raise LineFaultError(message) from None

    # Rows

    def _read_row(self, words: list[str]) -> bool:
        first, *rest = words
        by_word: dict[str, Callable[[list[str]], None]] = {
            "enrolled": self._read_enrolled,
            "not": self._read_not_enrolled,
            "authorized": self._read_authorized,
            "statement": self._read_statement,
            "diagnosis": self._read_diagnosis,
            "procedure": self._read_undated_procedure,
            "expect": self._read_expect,
        }
        if first in by_word:
            by_word[first](rest)
        elif self._is_day(first) and rest:
            by_code = {"procedure": self._read_procedure, "fill": self._read_fill}
            if rest[0] in by_code:
                by_code[rest[0]](first, rest[1:])
            else:
                self._read_line(first, rest[0], rest[1:])
        else:
            message = (
                "a line starts with a day (YYYY-MM-DD, or days from day zero such as -365) and a code, or with one of: "
                "policy, as of, data until, day zero, assume enrolled, without, crosswalk, enrolled, not enrolled, "
                "authorized, statement, diagnosis, procedure, expect"
            )
            raise LineFaultError(message)
        return True

    def _read_not_enrolled(self, words: list[str]) -> None:
        if words != ["enrolled"]:
            message = "write `not enrolled` for a member without a span"
            raise LineFaultError(message)
        self.is_not_enrolled = True

    def _is_day(self, word: str) -> bool:
        return parse_day(word, self.day_zero) is not None

    def _fields(
        self, words: Iterable[str], table_name: str, short: Mapping[str, str], extra: Iterable[str] = ()
    ) -> dict[str, str]:
        """The ``key=value`` words by column name; days are made dates, anything else stays text."""
        columns = {column.column_name: column.kind for column in _TABLES[table_name].columns}
        own = {*_PLACES, *extra}
        fields: dict[str, str] = {}
        for word in words:
            key, equals, value = word.partition("=")
            name = short.get(key, key)
            if not equals or (name not in columns and name not in own) or name == "member_id":
                known = ", ".join(sorted({*short, *own}))
                message = (
                    f"{key if equals else 'a word'} is not known on a line of {table_name}; write one of {known}, or a "
                    "column of the table, each with `=` and its value"
                )
                raise LineFaultError(message)
            if name in fields:
                message = f"{key} stands twice on the line; keep one"
                raise LineFaultError(message)
            day = parse_day(value, self.day_zero) if columns.get(name) in _DATE_KINDS else None
            fields[name] = day.isoformat() if day else value
        return fields

    def _add(self, table_name: str, fields: dict[str, str]) -> None:
        places = [fields.pop(name, "1") for name in _PLACES]
        if not all(place.isdigit() and int(place) for place in places):
            message = "delivery and file are numbers from 1"
            raise LineFaultError(message)
        self.rows.append(ExampleRow(table_name, fields, self.number, *map(int, places)))

    def _day(self, word: str) -> str:
        day = parse_day(word, self.day_zero)
        if day is None:
            message = "a day is expected here: YYYY-MM-DD, or days from day zero such as -365"
            raise LineFaultError(message)
        return day.isoformat()

    def _range(self, word: str) -> tuple[str, str]:
        start, _, end = word.partition("..")
        return (self._day(start) if start else "", self._day(end) if end else "")

    def _dates(self, day: str, words: list[str]) -> tuple[list[str], list[str]]:
        """The days of a line with ``every N days xK``, and the words without it."""
        first = date.fromisoformat(self._day(day))
        if "every" not in words:
            return [first.isoformat()], words
        at = words.index("every")
        match words[at : at + 4]:
            case ["every", step, "days" | "day", times] if step.isdigit() and _REPEAT.fullmatch(times):
                count = int(times[1:])
                days = [(first + timedelta(days=int(step) * index)).isoformat() for index in range(count)]
                return days, words[:at] + words[at + 4 :]
        message = "repeated care is written `every 7 days x6`"
        raise LineFaultError(message)

    def _read_line(self, day: str, code: str, words: list[str]) -> None:
        days, words = self._dates(day, words)
        flags = {"institutional", "professional", "wide", "other"} & set(words)
        bare = [word for word in words if "=" not in word and word not in flags]
        named = [word for word in words if "=" in word]
        fields = self._fields(named, "medical_claim", _LINE_WORDS, extra=("claim", "modifier", "dx_type"))
        fields.setdefault("claim_type", "institutional" if "institutional" in flags else "professional")
        fields.setdefault("paid_amount", "100.00")
        modifiers = [modifier for modifier in fields.pop("modifier", "").split(",") if modifier]
        if len(modifiers) > _MODIFIERS:
            message = "a line has at most 5 modifiers"
            raise LineFaultError(message)
        fields |= {f"hcpcs_modifier_{number}": modifier for number, modifier in enumerate(modifiers, start=1)}
        if "other" in flags:
            fields["member_id"] = "other"
        given_id = fields.pop("claim", None)
        code_type = fields.pop("dx_type", "")
        for index, service_day in enumerate(days):
            claim_id = given_id or f"L{self.number - self.first_line + 1}" + (f".{index + 1}" if index else "")
            for service in code.split("+"):
                self._add_line(
                    claim_id,
                    {**fields, "claim_line_start_date": service_day, "hcpcs_code": "" if service == "-" else service},
                    bare,
                    code_type=code_type,
                    is_wide="wide" in flags,
                )

    def _add_line(
        self, claim_id: str, fields: dict[str, str], diagnoses: list[str], *, code_type: str, is_wide: bool
    ) -> None:
        claim = self.claims.setdefault(claim_id, _Claim())
        claim.has_line = True
        claim.line_count += 1
        fields.setdefault("claim_line_number", str(claim.line_count))
        fields["claim_id"] = claim_id
        ranks: list[int] = []
        for word in diagnoses:
            ranked = _RANKED.fullmatch(word)
            diagnosis = ranked[2] if ranked else word
            is_new = diagnosis not in claim.ranks
            rank = int(ranked[1]) if ranked else claim.ranks.get(diagnosis, len(claim.ranks) + 1)
            claim.ranks[diagnosis] = rank
            ranks.append(rank)
            if is_wide:
                if rank > _WIDE_DIAGNOSES:
                    message = "the wide form has 25 diagnoses"
                    raise LineFaultError(message)
                fields[f"diagnosis_code_{rank}"] = diagnosis
                fields["diagnosis_code_type"] = code_type
            elif is_new:
                values = {"claim_id": claim_id, "diagnosis_rank": str(rank), "diagnosis_code": diagnosis}
                values["diagnosis_code_type"] = code_type
                self._add("claim_diagnosis", values | {name: fields[name] for name in _PLACES if name in fields})
        if fields["claim_type"] == "professional" and "diagnosis_pointer" not in fields:
            if ranks:
                fields["diagnosis_pointer"] = ":".join(map(str, ranks))
            else:
                self.pointed.append((len(self.rows), claim_id))
        self._add("medical_claim", fields)

    def _read_diagnosis(self, words: list[str]) -> None:
        owner, bare = _owner_of(words)
        fields = owner | self._fields(
            (word for word in words if "=" in word), "claim_diagnosis", _DIAGNOSIS_WORDS, extra=("claim",)
        )
        if len(bare) != 1 or not {"claim", "diagnosis_rank"} <= fields.keys():
            message = "a diagnosis line is `diagnosis CODE claim=ID rank=N`"
            raise LineFaultError(message)
        fields["claim_id"] = fields.pop("claim")
        self.claims.setdefault(fields["claim_id"], _Claim())
        self._add("claim_diagnosis", {**fields, "diagnosis_code": bare[0]})

    def _read_undated_procedure(self, words: list[str]) -> None:
        self._read_procedure("", words)

    def _read_procedure(self, day: str, words: list[str]) -> None:
        owner, bare = _owner_of(words)
        fields = owner | self._fields(
            (word for word in words if "=" in word), "claim_procedure", _PROCEDURE_WORDS, extra=("claim",)
        )
        if len(bare) != 1 or "claim" not in fields:
            message = "a procedure line is `DAY procedure CODE claim=ID`, or without a day `procedure CODE claim=ID`"
            raise LineFaultError(message)
        fields["claim_id"] = fields.pop("claim")
        claim = self.claims.setdefault(fields["claim_id"], _Claim())
        claim.procedure_count += 1
        fields.setdefault("procedure_rank", str(claim.procedure_count))
        procedure_date = self._day(day) if day else ""
        self._add("claim_procedure", {**fields, "procedure_code": bare[0], "procedure_date": procedure_date})

    def _read_fill(self, day: str, words: list[str]) -> None:
        days, words = self._dates(day, words)
        bare = [word for word in words if "=" not in word]
        fields = self._fields((word for word in words if "=" in word), "pharmacy_claim", _FILL_WORDS, extra=("claim",))
        if bare:
            fields.setdefault("generic_name", " ".join(bare))
        if "days_supply" not in fields:
            message = "a fill says its days' supply, such as `-200 fill naproxen days=30`"
            raise LineFaultError(message)
        given_id = fields.pop("claim", None)
        for index, filled in enumerate(days):
            claim_id = given_id or f"F{self.number - self.first_line + 1}" + (f".{index + 1}" if index else "")
            self._add("pharmacy_claim", {**fields, "claim_id": claim_id, "dispensing_date": filled})

    def _read_enrolled(self, words: list[str]) -> None:
        spans = [word for word in words if ".." in word and "=" not in word]
        flags = {word for word in words if "=" not in word} - set(spans)
        if len(spans) != 1 or not flags <= {"no-drugs"}:
            message = (
                "a span is `enrolled FROM..TO`, with `no-drugs` and `lob=NAME` where they hold; TO may be left out"
            )
            raise LineFaultError(message)
        fields = self._fields((word for word in words if "=" in word), "eligibility", _SPAN_WORDS)
        fields.setdefault("has_pharmacy_benefit", "false" if "no-drugs" in flags else "true")
        start, end = self._range(spans[0])
        self._add("eligibility", {**fields, "enrollment_start_date": start or "1900-01-01", "enrollment_end_date": end})

    def _read_authorized(self, words: list[str]) -> None:
        bare = [word for word in words if "=" not in word]
        ranges = [word for word in bare if ".." in word]
        plain = [word for word in bare if ".." not in word]
        fields = self._fields((word for word in words if "=" in word), "prior_authorization", _AUTHORIZATION_WORDS)
        if len(plain) != 1 or len(ranges) > 1:
            message = (
                "an authorisation is `authorized DECISION FROM..TO`, with `code=CODE` and `id=ID` where they hold; "
                "FROM and TO may be left out"
            )
            raise LineFaultError(message)
        start, end = self._range(ranges[0]) if ranges else ("", "")
        fields.setdefault("authorization_id", f"A{self.number - self.first_line + 1}")
        self._add("prior_authorization", {**fields, "decision": plain[0], "valid_from": start, "valid_to": end})

    def _read_statement(self, words: list[str]) -> None:
        bare = [word for word in words if "=" not in word]
        fields = self._fields((word for word in words if "=" in word), "care_documentation", _STATEMENT_WORDS)
        match bare:
            case [modality, outcome, "on", day, "care", care]:
                start, end = self._range(care) if ".." in care else (self._day(care), "")
            case [modality, outcome, "on", day]:
                start, end = "", ""
            case _:
                message = (
                    "a statement is `statement MODALITY OUTCOME on DAY care FROM..TO`, with visits=, author=, source= "
                    "and id= where they hold"
                )
                raise LineFaultError(message)
        fields.setdefault("document_id", f"D{self.number - self.first_line + 1}")
        fields.setdefault("author_role", "physician")
        fields.setdefault("source_type", "chart")
        dates = {"document_date": self._day(day), "start_date": start, "end_date": end}
        self._add("care_documentation", {**fields, "modality": modality, "outcome": outcome, **dates})

    # Expectations

    def _read_expect(self, words: list[str]) -> None:
        self.expected.read(words, self.number)


def _owner_of(words: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Whose row a line of words says it is (nothing where it does not), and its other words without a value."""
    bare = [word for word in words if "=" not in word]
    owners = [word for word in bare if word in _OWNERS]
    owner = {"member_id": owners[0]} if owners else {}
    return owner, [word for word in bare if word not in _OWNERS]
