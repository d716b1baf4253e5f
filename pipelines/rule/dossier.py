"""A policy dossier: what its TOML must hold, every fault of it, and the frozen policy it states."""

from __future__ import annotations

import hashlib
import math
import re
import string
import tomllib
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

from pipelines.ground.files import read_file
from pipelines.ground.records import FILLED, MOST_OF_TOML, Made, Must, RecordError, judge, record, toml_table
from pipelines.rule.parameters import parameter_units
from pipelines.rule.value_sets import COLUMNS as VALUE_SET_COLUMNS
from pipelines.rule.vocabulary import CRITERIA, EXCLUSIONS, UNITS, ParameterValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.ground.records import Fault


VERIFICATIONS: Final[Mapping[str, str]] = {
    "read": "read in a stored copy of the original for this dossier",
    "evidence_notes_original": "taken from the project's evidence notes, which read the original",
    "evidence_notes_secondary": "taken from the project's evidence notes, which read a secondary source",
}
"""How sure a source is. What nobody has read is no source."""

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_MOST = 100_000


_Text = Annotated[str, FILLED]
_Prose = Annotated[_Text, Made(lambda text: " ".join(text.split()))]
_Verification = Annotated[str, Must(f"one of {', '.join(VERIFICATIONS)}", VERIFICATIONS.__contains__)]
_ValueSet = Annotated[str, Must("the name of a value set", VALUE_SET_COLUMNS.__contains__)]


@record
@dataclass(frozen=True)
class Source:
    """One work a dossier rests on; ``verification`` is a word of ``VERIFICATIONS``."""

    title: _Text
    publisher: _Text
    section: _Text
    date_read: date
    verification: _Verification


@dataclass(frozen=True)
class Parameter:
    """One number, date or yes-no of a policy with its unit and the reason for it."""

    name: str
    value: ParameterValue
    unit: str
    reason: str


@record
@dataclass(frozen=True)
class Criterion:
    """One test of a policy (a criterion or an exclusion) with the value sets it reads.

    ``statement`` names parameters in braces; in a policy their values stand in it.
    """

    id: str
    statement: _Prose
    value_sets: tuple[_ValueSet, ...]


@record
@dataclass(frozen=True)
class Change:
    """One entry of a change log: what changed, in which version, on which day, by whom."""

    date: date
    version: _Text
    change: _Text
    changed_by: _Text


@record
@dataclass(frozen=True, kw_only=True)
class _Stated:
    """A parameter as a dossier states it, below its name."""

    value: Any
    unit: str
    reason: _Prose


@record
@dataclass(frozen=True, kw_only=True)
class _Head:
    """What a policy has from its dossier as it stands there."""

    id: str
    version: _Text
    title: _Text
    extends: _Text | None = None
    question: _Prose
    why_it_matters: _Prose
    lines_of_business: Annotated[tuple[_Text, ...], FILLED]
    effective_from: date
    effective_to: date | None = None
    authored_by: _Text
    checked_by: _Text
    reviewed_on: date
    next_review: date
    sources: Annotated[tuple[Source, ...], FILLED]
    change_log: Annotated[tuple[Change, ...], FILLED]


@record
@dataclass(frozen=True, kw_only=True)
class _Said(_Head):
    """What the file of a dossier holds."""

    parameters: Mapping[str, _Stated]
    criteria: tuple[Criterion, ...] = ()
    exclusions: tuple[Criterion, ...] = ()

    def tests(self) -> Iterator[tuple[str, Sequence[str], tuple[Criterion, ...]]]:
        """Its two lists of tests: name, the tests of the rule, the entries."""
        yield "criteria", CRITERIA, self.criteria
        yield "exclusions", EXCLUSIONS, self.exclusions


@dataclass(frozen=True, kw_only=True)
class Policy(_Head):
    """One policy in full: where it extends another, with the other's parameters and texts filled in.

    ``effective_from`` and ``effective_to`` are days on which it is in force (``effective_to`` none: still).
    ``sha256`` is the digest of its file and, where it extends another, of that file too.
    """

    parameters: tuple[Parameter, ...]
    own_parameters: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    exclusions: tuple[Criterion, ...]
    file_name: str
    sha256: str

    def value(self, name: str) -> ParameterValue:
        """The value of the parameter ``name``; raises ``KeyError`` where there is none."""
        return {parameter.name: parameter.value for parameter in self.parameters}[name]

    def is_overdue(self, as_of: date) -> bool:
        """Whether the next review lies before ``as_of`` (on the day itself it is not yet overdue)."""
        return self.next_review < as_of


@dataclass(frozen=True)
class Dossier:
    """A dossier that was read, before it is believed; ``said`` is none where its form has ``faults``."""

    file_name: str
    id: str
    sha256: str
    is_extension: bool
    said: _Said | None
    faults: tuple[str, ...]


def format_value(value: ParameterValue) -> str:
    """``value`` as a person reads it: yes or no, a day, or a number without a needless point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def read_dossier(path: Path) -> tuple[Dossier | None, list[str]]:
    """The dossier of ``path``, and what is wrong where it has no readable id."""
    try:
        content = read_file(path, most=MOST_OF_TOML)
        parsed = toml_table(content)
    except OSError as error:
        return None, [f"{path.name}: the file cannot be read ({error.strerror})."]
    except UnicodeDecodeError:
        return None, [f"{path.name}: the file is not UTF-8 text; save it as UTF-8."]
    except tomllib.TOMLDecodeError as error:
        return None, [f"{path.name}: the file is not TOML ({error}); correct that line."]
    name = parsed.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        return None, [f"{path.name}, id: the dossier has no id in lower-case words joined by _; give it one."]
    said, faults = (
        None,
        [
            f"{field}: the field is missing; fill it in."
            for field in ("criteria", "exclusions")
            if field not in parsed and "extends" not in parsed
        ],
    )
    try:
        said = judge(_Said, parsed)
    except RecordError as error:
        faults += map(_sentence, error.faults)
    digest = hashlib.sha256(content).hexdigest()
    return Dossier(path.name, name, digest, "extends" in parsed, said, tuple(faults)), []


def _sentence(fault: Fault) -> str:
    words = {
        "missing": "the field is missing; fill it in.",
        "unknown": "a dossier has no such field here; correct the name or take it out.",
        "blank": "the field is blank; fill it in.",
    }
    return f"{fault.place}: {words.get(fault.kind, f'this is not {fault.expected}; correct it.')}"


def dossier_faults(dossier: Dossier, dossiers: Mapping[str, Dossier]) -> Iterator[str]:
    """A sentence for each fault of the dossier itself: first its form, and only then what it says."""
    said = dossier.said
    form = dossier.faults
    if not form and said is not None:
        form = (*_faults_of_tests(said), *_faults_of_parameters(said.parameters))
    if form or said is None:
        yield from form
        return
    base = dossiers.get(said.extends or "")
    if said.extends is not None:
        if base is None or base.id == dossier.id:
            yield "extends: there is no other dossier of that name; name one of this folder."
            return
        if base.is_extension:
            yield f"extends: '{base.id}' itself extends another; extend a dossier that stands on its own."
            return
        if list(dossier_faults(base, dossiers)):
            yield f"extends: '{base.id}' has faults of its own ({base.file_name}); correct that dossier first."
            return
    yield from _faults_of_whole(_whole(said, base.said if base else None))


def _faults_of_tests(said: _Said) -> Iterator[str]:
    for field, known, entries in said.tests():
        names = [entry.id for entry in entries]
        for number, name in enumerate(names, 1):
            if name not in known:
                yield f"{field}[{number}].id: this is not a test of the rule; use one of {', '.join(known)}."
            elif name in names[: number - 1]:
                yield f"{field}[{number}].id: '{name}' stands twice; keep one."


def _faults_of_parameters(parameters: Mapping[str, _Stated]) -> Iterator[str]:
    for name, stated in parameters.items():
        where = f"parameters.{name}"
        unit = parameter_units().get(name)
        if unit is None:
            yield f"{where}: the rule has no such parameter; correct the name or take it out."
        elif stated.unit != unit:
            yield f"{where}.unit: this is not '{unit}'; convert the value and write that unit."
        else:
            try:
                judge(_kind_of(unit), stated.value)
            except RecordError as error:
                yield from (_sentence(replace(fault, place=f"{where}.value")) for fault in error.faults)


def _kind_of(unit: str) -> Any:
    """What a value of ``unit`` is, for ``judge``."""
    if unit in {"factor", "share"}:
        return Annotated[float, Must(f"a {unit} from 0 to 1", lambda value: 0 <= value <= 1)]
    kinds: Mapping[str, object] = {
        "BOOLEAN": bool,
        "DATE": date,
        "INTEGER": Annotated[
            int, Must(f"a whole number of {unit} from 0 to {_MOST:,}", lambda value: 0 <= value <= _MOST)
        ],
        "DOUBLE": Annotated[float, Must(f"a finite number of {unit}, 0 or more", lambda value: 0 <= value < math.inf)],
    }
    return kinds[UNITS[unit]]


def _whole(said: _Said, base: _Said | None) -> _Said:
    """``said`` with what it leaves to ``base``."""
    if base is None:
        return said
    return replace(
        said,
        parameters={**base.parameters, **said.parameters},
        criteria=_merged(base.criteria, said.criteria),
        exclusions=_merged(base.exclusions, said.exclusions),
    )


def _merged(base: tuple[Criterion, ...], own: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    return tuple({entry.id: entry for entry in (*base, *own)}.values())


def _faults_of_whole(whole: _Said) -> Iterator[str]:
    for name in parameter_units():
        if name not in whole.parameters:
            yield f"parameters.{name}: the parameter is missing; give it a value, a unit and a reason."
    for field, known, entries in whole.tests():
        for name in known:
            if name not in {entry.id for entry in entries}:
                yield f"{field}: '{name}' is missing; say in a sentence what it tests."
        for entry in entries:
            yield from (f"{field}, {entry.id}: {fault}" for fault in _faults_of_statement(entry.statement))
    if whole.authored_by.strip().lower() == whole.checked_by.strip().lower():
        yield "checked_by: author and checker are the same; another person has to check the dossier."
    if whole.next_review <= whole.reviewed_on:
        yield "next_review: this day is not later than reviewed_on; set the day of the next review."
    if whole.effective_to is not None and whole.effective_to < whole.effective_from:
        yield "effective_to: this day is before effective_from; correct one of them (both days are in)."


def _faults_of_statement(statement: str) -> Iterator[str]:
    try:
        named = [field for _, field, _, _ in string.Formatter().parse(statement) if field is not None]
    except ValueError:
        yield "a brace of the statement is not closed, or none was opened; write {name} for each parameter."
        return
    for number, name in enumerate(named, 1):
        if name not in parameter_units():
            yield f"what the statement names in pair {number} of braces is no parameter; correct the name."


def faults_of_review(policy: Policy, as_of: date, allow_overdue: bool) -> Iterator[str]:  # noqa: FBT001 - private
    """What speaks against using ``policy`` on a date: a review that is overdue, unless that is allowed."""
    if policy.is_overdue(as_of) and not allow_overdue:
        yield (
            f"next_review: policy {policy.id} was due for review on {policy.next_review}; have its checker review it "
            "and set next_review, or pass --allow-overdue-policy, and the reports will then say so."
        )


def policy_of(dossier: Dossier, dossiers: Mapping[str, Dossier]) -> Policy:
    """The policy that a dossier without faults states, with what it takes over from its base."""
    said = dossier.said
    if said is None:
        message = f"{dossier.file_name} has faults of form"
        raise ValueError(message)
    base = dossiers.get(said.extends or "")
    whole = _whole(said, base.said if base else None)
    parameters = tuple(
        Parameter(name, _typed(whole.parameters[name].value, unit), unit, whole.parameters[name].reason)
        for name, unit in parameter_units().items()
    )
    values = {parameter.name: format_value(parameter.value) for parameter in parameters}
    # Exclusions stand in the order they are tested in, criteria in the order that the dossier tells them in.
    tests = {
        field: tuple(
            replace(entry, statement=entry.statement.format_map(values))
            for name in (known if field == "exclusions" else [entry.id for entry in entries])
            for entry in entries
            if entry.id == name
        )
        for field, known, entries in whole.tests()
    }
    head: dict[str, Any] = {each.name: getattr(said, each.name) for each in fields(_Head)}
    digest = hashlib.sha256((dossier.sha256 + base.sha256).encode()).hexdigest() if base else dossier.sha256
    return Policy(
        **head,
        parameters=parameters,
        own_parameters=tuple(name for name in parameter_units() if name in said.parameters),
        criteria=tests["criteria"],
        exclusions=tests["exclusions"],
        file_name=dossier.file_name,
        sha256=digest,
    )


def _typed(value: ParameterValue, unit: str) -> ParameterValue:
    return float(value) if UNITS[unit] == "DOUBLE" and isinstance(value, int) else value
