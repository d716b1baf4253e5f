"""A policy dossier: what its TOML must hold, every fault of it, and the frozen policy it states."""

from __future__ import annotations

import hashlib
import re
import string
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from pipelines.rule.parameters import parameter_units
from pipelines.rule.value_sets import COLUMNS as VALUE_SET_COLUMNS
from pipelines.rule.vocabulary import CRITERIA, EXCLUSIONS, UNITS, ParameterValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


VERIFICATIONS: Final[Mapping[str, str]] = {
    "read": "read in a stored copy of the original for this dossier",
    "evidence_notes_original": "taken from the project's evidence notes, which read the original",
    "evidence_notes_secondary": "taken from the project's evidence notes, which read a secondary source",
}
"""How sure a source is. What nobody has read is no source."""

_OWN_FIELDS: Final[Mapping[str, type]] = {
    "id": str,
    "version": str,
    "title": str,
    "question": str,
    "why_it_matters": str,
    "lines_of_business": list,
    "effective_from": date,
    "authored_by": str,
    "checked_by": str,
    "reviewed_on": date,
    "next_review": date,
    "sources": list,
    "parameters": dict,
    "change_log": list,
}
_SHARED_FIELDS: Final[Mapping[str, type]] = {"criteria": list, "exclusions": list}
_OPTIONAL_FIELDS: Final[Mapping[str, type]] = {"extends": str, "effective_to": date}
_FIELD_KINDS: Final[Mapping[type, str]] = {str: "text", list: "a list", dict: "a table", date: "a date (YYYY-MM-DD)"}
_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_MOST = 100_000


@dataclass(frozen=True)
class Source:
    """One work a dossier rests on; ``verification`` is a word of ``VERIFICATIONS``."""

    title: str
    publisher: str
    section: str
    date_read: date
    verification: str


@dataclass(frozen=True)
class Parameter:
    """One number, date or yes-no of a policy with its unit and the reason for it."""

    name: str
    value: ParameterValue
    unit: str
    reason: str


@dataclass(frozen=True)
class Criterion:
    """One test of a policy (a criterion or an exclusion) with the value sets it reads.

    ``statement`` has the values of the policy's parameters already in it.
    """

    id: str
    statement: str
    value_sets: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One entry of a change log: what changed, in which version, on which day, by whom."""

    date: date
    version: str
    change: str
    changed_by: str


@dataclass(frozen=True)
class Policy:
    """One policy in full: where it extends another, with the other's parameters and texts filled in.

    ``effective_from`` and ``effective_to`` are days on which it is in force (``effective_to`` none: still).
    ``sha256`` is the digest of its file and, where it extends another, of that file too.
    """

    id: str
    version: str
    title: str
    extends: str | None
    question: str
    why_it_matters: str
    lines_of_business: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    own_parameters: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    exclusions: tuple[Criterion, ...]
    authored_by: str
    checked_by: str
    reviewed_on: date
    next_review: date
    change_log: tuple[Change, ...]
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
    """A parsed file, before it is believed."""

    file_name: str
    content: Mapping[str, Any]
    sha256: str

    @property
    def id(self) -> str:
        """The id of the policy, which is also its file's name."""
        return str(self.content["id"])


def format_value(value: ParameterValue) -> str:
    """``value`` as a person reads it: yes or no, a day, or a number without a needless point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def read_dossier(path: Path) -> tuple[Dossier | None, list[str]]:
    """The dossier of ``path``, and what is wrong where it has no readable id."""
    content = path.read_bytes()
    try:
        parsed = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None, [f"{path.name}: the file is not UTF-8 text; save it as UTF-8."]
    except tomllib.TOMLDecodeError as error:
        return None, [f"{path.name}: the file is not TOML ({error}); correct that line."]
    name = parsed.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        return None, [f"{path.name}, id: the dossier has no id in lower-case words joined by _; give it one."]
    return Dossier(path.name, parsed, hashlib.sha256(content).hexdigest()), []


def dossier_faults(dossier: Dossier, dossiers: Mapping[str, Dossier]) -> Iterator[str]:
    """A sentence for each fault of the dossier itself: first its form, and only then what it says."""
    form = list(_faults_of_form(dossier.content))
    if not form:
        form = [*_faults_of_lists(dossier.content), *_faults_of_parameters(dossier.content["parameters"])]
    if form:
        yield from form
        return
    base = _base(dossier, dossiers)
    if "extends" in dossier.content:
        extended = dossier.content["extends"]
        if base is None or extended == dossier.id:
            yield f"extends: there is no other dossier '{extended}'; name one of this folder."
            return
        if "extends" in base.content:
            yield f"extends: '{extended}' itself extends another; extend a dossier that stands on its own."
            return
        if list(dossier_faults(base, dossiers)):
            yield f"extends: '{extended}' has faults of its own ({base.file_name}); correct that dossier first."
            return
    yield from _faults_of_whole(dossier, base)


def _faults_of_form(content: Mapping[str, Any]) -> Iterator[str]:
    alone = "extends" not in content
    required = {**_OWN_FIELDS, **(_SHARED_FIELDS if alone else {})}
    for field in required:
        if field not in content:
            yield f"{field}: the field is missing; every dossier needs it."
    for field, value in content.items():
        kind = {**_OWN_FIELDS, **_SHARED_FIELDS, **_OPTIONAL_FIELDS}.get(field)
        if kind is None:
            yield f"{field}: a dossier has no such field; correct the name or take it out."
        elif not isinstance(value, kind) or isinstance(value, datetime):
            yield f"{field}: this is not {_FIELD_KINDS[kind]}; write {_FIELD_KINDS[kind]}."
        elif isinstance(value, str) and not value.strip():
            yield f"{field}: the field is blank; fill it in."


def _faults_of_lists(content: Mapping[str, Any]) -> Iterator[str]:
    shapes: Mapping[str, Mapping[str, type]] = {
        "sources": {"title": str, "publisher": str, "section": str, "date_read": date, "verification": str},
        "change_log": {"date": date, "version": str, "change": str, "changed_by": str},
        "criteria": {"id": str, "statement": str, "value_sets": list},
        "exclusions": {"id": str, "statement": str, "value_sets": list},
    }
    for field, shape in shapes.items():
        entries = content.get(field, [])
        if field in {"sources", "change_log"} and not entries:
            yield f"{field}: the list is empty; a dossier needs at least one."
        for number, entry in enumerate(entries, 1):
            where = f"{field}[{number}]"
            if not isinstance(entry, dict):
                yield f"{where}: this is not a table; write [[{field}]] with {', '.join(shape)}."
                continue
            yield from _faults_of_entry(where, entry, shape)
    if not content["lines_of_business"] or not all(isinstance(name, str) for name in content["lines_of_business"]):
        yield "lines_of_business: name at least one line of business, as text."
    for field, known in (("criteria", CRITERIA), ("exclusions", EXCLUSIONS)):
        names = [entry.get("id") for entry in content.get(field, []) if isinstance(entry, dict)]
        for name in dict.fromkeys(names):
            if name not in known:
                yield f"{field}: '{name}' is not one the rule tests; use {', '.join(known)}."
            elif names.count(name) > 1:
                yield f"{field}: '{name}' stands twice; keep one."


def _faults_of_entry(where: str, entry: Mapping[str, Any], shape: Mapping[str, type]) -> Iterator[str]:
    for field, kind in shape.items():
        value = entry.get(field)
        if value is None:
            yield f"{where}.{field}: the field is missing; fill it in."
        elif not isinstance(value, kind) or isinstance(value, datetime):
            yield f"{where}.{field}: this is not {_FIELD_KINDS[kind]}; write {_FIELD_KINDS[kind]}."
        elif isinstance(value, str) and not value.strip():
            yield f"{where}.{field}: the field is blank; fill it in."
        elif field == "verification" and value not in VERIFICATIONS:
            yield f"{where}.verification: '{value}' is not a known word; use one of {', '.join(VERIFICATIONS)}."
        elif isinstance(value, list):
            for name in value:
                if name not in VALUE_SET_COLUMNS:
                    yield f"{where}.value_sets: there is no value set '{name}'; name a file of the value sets."
    for field in sorted(set(entry) - set(shape)):
        yield f"{where}.{field}: there is no such field here; correct the name or take it out."


def _faults_of_parameters(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name, entry in parameters.items():
        where = f"parameters.{name}"
        unit = parameter_units().get(name)
        if unit is None:
            yield f"{where}: the rule has no such parameter; correct the name or take it out."
        elif not isinstance(entry, dict) or set(entry) != {"value", "unit", "reason"}:
            yield f"{where}: a parameter has exactly value, unit and reason; write the three."
        elif entry["unit"] != unit:
            yield f"{where}.unit: this is '{entry['unit']}', expected '{unit}'; convert the value and write that unit."
        elif not isinstance(entry["reason"], str) or not entry["reason"].strip():
            yield f"{where}.reason: the reason is blank; say why this value."
        else:
            yield from (f"{where}.value: {fault}" for fault in _faults_of_value(entry["value"], unit))


def _faults_of_value(value: object, unit: str) -> Iterator[str]:
    column_type = UNITS[unit]
    if column_type == "BOOLEAN":
        if not isinstance(value, bool):
            yield "this is not true or false; write one of them."
    elif column_type == "DATE":
        if not isinstance(value, date) or isinstance(value, datetime):
            yield "this is not a date; write YYYY-MM-DD without quotes."
    elif isinstance(value, bool) or not isinstance(value, int if column_type == "INTEGER" else (int, float)):
        yield f"this is not a {'whole number' if column_type == 'INTEGER' else 'number'} of {unit}; write one."
    elif not 0 <= value < float("inf"):
        yield f"this is not zero or more {unit}; write such a number."
    elif column_type == "INTEGER" and value > _MOST:
        yield f"this is more than {_MOST:,} {unit}; write a smaller number."
    elif unit == "factor" and value > 1:
        yield "a factor is at most 1; write a number from 0 to 1."


def _faults_of_whole(dossier: Dossier, base: Dossier | None) -> Iterator[str]:
    content = dossier.content
    parameters = _parameters(dossier, base)
    for name in parameter_units():
        if name not in parameters:
            yield f"parameters.{name}: the parameter is missing; give it a value, a unit and a reason."
    for field, known in (("criteria", CRITERIA), ("exclusions", EXCLUSIONS)):
        entries = _entries(field, dossier, base)
        for name in known:
            if name not in entries:
                yield f"{field}: '{name}' is missing; say in a sentence what it tests."
        for name, entry in entries.items():
            for unknown in sorted(_placeholders(entry["statement"]) - set(parameter_units())):
                yield f"{field}, {name}: the statement names '{unknown}', which is no parameter; correct the name."
    yield from _faults_of_people_and_dates(content)


def _faults_of_people_and_dates(content: Mapping[str, Any]) -> Iterator[str]:
    if content["authored_by"].strip().lower() == content["checked_by"].strip().lower():
        yield "checked_by: author and checker are the same; another person has to check the dossier."
    if content["next_review"] <= content["reviewed_on"]:
        yield (
            f"next_review: {content['next_review']} is not later than reviewed_on {content['reviewed_on']}; "
            "set the day of the next review."
        )
    if "effective_to" in content and content["effective_to"] < content["effective_from"]:
        yield (
            f"effective_to: {content['effective_to']} is before effective_from {content['effective_from']}; "
            "correct one of them (both days are in)."
        )


def faults_of_review(policy: Policy, as_of: date, allow_overdue: bool) -> Iterator[str]:  # noqa: FBT001 - private
    """What speaks against using ``policy`` on a date: a review that is overdue, unless that is allowed."""
    if policy.is_overdue(as_of) and not allow_overdue:
        yield (
            f"next_review: policy {policy.id} was due for review on {policy.next_review}; have its checker review it "
            "and set next_review, or pass --allow-overdue-policy, and the reports will then say so."
        )


def _placeholders(statement: str) -> set[str]:
    try:
        return {field for _, field, _, _ in string.Formatter().parse(statement) if field is not None}
    except ValueError:
        return {statement}


def _base(dossier: Dossier, dossiers: Mapping[str, Dossier]) -> Dossier | None:
    return dossiers.get(dossier.content.get("extends", ""))


def _parameters(dossier: Dossier, base: Dossier | None) -> dict[str, Mapping[str, Any]]:
    return {**(base.content["parameters"] if base else {}), **dossier.content["parameters"]}


def _entries(field: str, dossier: Dossier, base: Dossier | None) -> dict[str, Mapping[str, Any]]:
    entries = [*(base.content.get(field, []) if base else []), *dossier.content.get(field, [])]
    return {entry["id"]: entry for entry in entries}


def policy_of(dossier: Dossier, dossiers: Mapping[str, Dossier]) -> Policy:
    """The policy that a dossier states, with what it takes over from its base."""
    content = dossier.content
    base = _base(dossier, dossiers)
    given = _parameters(dossier, base)
    parameters = tuple(
        Parameter(name, _typed(given[name]["value"], unit), unit, " ".join(given[name]["reason"].split()))
        for name, unit in parameter_units().items()
    )
    values = {parameter.name: format_value(parameter.value) for parameter in parameters}
    # Exclusions stand in the order they are tested in, criteria in the order that the dossier tells them in.
    tests = {
        field: tuple(
            Criterion(
                name,
                " ".join(entries[name]["statement"].format_map(values).split()),
                tuple(entries[name]["value_sets"]),
            )
            for name in (entries if field == "criteria" else EXCLUSIONS)
        )
        for field in ("criteria", "exclusions")
        for entries in (_entries(field, dossier, base),)
    }
    digests = dossier.sha256 + (base.sha256 if base else "")
    return Policy(
        id=dossier.id,
        version=content["version"],
        title=content["title"],
        extends=content.get("extends"),
        question=" ".join(content["question"].split()),
        why_it_matters=" ".join(content["why_it_matters"].split()),
        lines_of_business=tuple(content["lines_of_business"]),
        effective_from=content["effective_from"],
        effective_to=content.get("effective_to"),
        sources=tuple(Source(**source) for source in content["sources"]),
        parameters=parameters,
        own_parameters=tuple(name for name in parameter_units() if name in content["parameters"]),
        criteria=tests["criteria"],
        exclusions=tests["exclusions"],
        authored_by=content["authored_by"],
        checked_by=content["checked_by"],
        reviewed_on=content["reviewed_on"],
        next_review=content["next_review"],
        change_log=tuple(Change(**change) for change in content["change_log"]),
        file_name=dossier.file_name,
        sha256=hashlib.sha256(digests.encode()).hexdigest() if base else dossier.sha256,
    )


def _typed(value: ParameterValue, unit: str) -> ParameterValue:
    return float(value) if UNITS[unit] == "DOUBLE" and isinstance(value, int) else value
