"""Policies: dossiers in TOML with a gate in front, tables of the schema ``policies`` behind it.

A dossier says what is asked, why, on which sources, with which numbers and for what reason, who
wrote it and who checked it. The loader refuses one that a reader could not trust. One dossier stands
on its own feet, or extends one other and lists only what differs.
"""

from __future__ import annotations

import hashlib
import re
import string
import textwrap
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from pipelines.errors import PolicyError
from pipelines.value_sets import COLUMNS as VALUE_SET_COLUMNS
from pipelines.warehouse import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pipelines.warehouse import Connection

ParameterValue = bool | int | float | date

UNITS: Final[Mapping[str, str]] = {
    "days": "INTEGER",
    "service_dates": "INTEGER",
    "sessions": "INTEGER",
    "classes": "INTEGER",
    "groups": "INTEGER",
    "hours": "DOUBLE",
    "hours_per_day": "DOUBLE",
    "points": "DOUBLE",
    "us_dollars": "DOUBLE",
    "factor": "DOUBLE",
    "yes_no": "BOOLEAN",
    "calendar_date": "DATE",
}
"""The units a parameter may have, each with the type of its column (DuckDB takes an INTEGER off a date, no BIGINT)."""

PARAMETERS: Final[Mapping[str, str]] = {
    "icd_10_from": "calendar_date",
    "same_surgery_days": "days",
    "trial_link_days": "days",
    "clean_period_days": "days",
    "max_gap_days": "days",
    "include_other_low_back_pain": "yes_no",
    "pain_label_exempts": "yes_no",
    "history_days": "days",
    "red_flag_days": "days",
    "symptom_days": "days",
    "lookback_days": "days",
    "exercise_min_dates": "service_dates",
    "exercise_min_span_days": "days",
    "exercise_max_gap_days": "days",
    "manipulation_min_dates": "service_dates",
    "manipulation_window_days": "days",
    "psychological_min_sessions": "sessions",
    "psychological_min_span_days": "days",
    "interdisciplinary_min_hours": "hours",
    "interdisciplinary_max_hours_per_day": "hours_per_day",
    "acupuncture_counts": "yes_no",
    "medication_min_classes": "classes",
    "medication_min_days": "days",
    "spine_diagnosis_required": "yes_no",
    "statement_max_age_days": "days",
    "min_groups": "groups",
    "must_have_exercise": "yes_no",
    "min_total_span_days": "days",
    "chronic_days": "days",
    "followup_days": "days",
    "evidence_review": "yes_no",
    "priority_no_conservative_care_found": "points",
    "priority_conservative_care_too_short": "points",
    "priority_failure_not_documented": "points",
    "priority_low_back_pain_only": "points",
    "priority_low_back_pain_with_neighbour": "points",
    "priority_dollars": "points",
    "priority_dollars_reference": "us_dollars",
    "priority_enrollment_complete": "points",
    "priority_drugs_visible": "points",
    "priority_authorization_supplied": "points",
    "priority_revision": "points",
    "priority_complication": "points",
    "priority_miscoded_factor": "factor",
}
"""Every parameter of the rule with its unit, in the order of the rule."""

CRITERIA: Final = ("exercise_course", "enough_groups", "care_span", "adequate_care", "failure_documented")
EXCLUSIONS: Final = (
    "procedure_aborted",
    "not_initial_implant",
    "not_low_back_pain",
    "red_flag",
    "other_indication",
    "clinical_trial",
    "prior_authorization_approved",
)
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
_WIDTH = 100
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
class PolicyReport:
    """What the gate found in a folder: the policies that can be trusted, and every fault."""

    policies: tuple[Policy, ...]
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the folder may be loaded."""
        return not self.faults

    def lines(self) -> tuple[str, ...]:
        """The report as lines of text: a line a policy, then every fault."""
        return (
            *(
                f"{policy.id} {policy.version}: {len(policy.parameters)} parameters, reviewed on {policy.reviewed_on}, "
                f"next review {policy.next_review}, sha256 {policy.sha256}"
                for policy in self.policies
            ),
            *(f"fault: {fault}" for fault in self.faults),
            f"{len(self.policies)} policies, {len(self.faults)} faults.",
        )


@dataclass(frozen=True)
class _Dossier:
    """A parsed file, before it is believed."""

    file_name: str
    content: Mapping[str, Any]
    sha256: str

    @property
    def id(self) -> str:
        return str(self.content["id"])


def load_policies(folder: Path, *, as_of: date, allow_overdue: bool = False) -> tuple[Policy, ...]:
    """Every policy of ``folder``, by id.

    Raises ``PolicyError`` with one sentence naming file and field for the first dossier that misses a
    field, has an unknown parameter or a wrong type or unit, was checked by its author, has a next review
    not later than the last, is overdue at ``as_of`` (unless ``allow_overdue``), ends before it starts,
    extends what is not there or itself extends, or takes another's id.
    """
    report = check_policies(folder, as_of=as_of, allow_overdue=allow_overdue)
    if report.faults:
        more = len(report.faults) - 1
        raise PolicyError(
            report.faults[0] + (f" ({more} more; `stimaudit policy check` lists them all.)" if more else "")
        )
    return report.policies


def check_policies(folder: Path, *, as_of: date, allow_overdue: bool = False) -> PolicyReport:
    """What the gate says of every dossier of ``folder``, all faults together."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        return PolicyReport(
            (), (f"{folder}: there is no policy dossier (*.toml) here; name the folder that has them.",)
        )
    faults: list[str] = []
    dossiers: dict[str, _Dossier] = {}
    for path in paths:
        dossier, found = _read(path)
        faults.extend(found)
        if dossier is None:
            continue
        if dossier.id in dossiers:
            faults.append(
                f"{path.name}, id: '{dossier.id}' is the id of {dossiers[dossier.id].file_name} already; "
                "give this dossier its own."
            )
            continue
        dossiers[dossier.id] = dossier
    policies: list[Policy] = []
    for dossier in sorted(dossiers.values(), key=lambda dossier: "extends" in dossier.content):
        found = [f"{dossier.file_name}, {fault}" for fault in _faults(dossier, dossiers)]
        if not found:
            policy = _policy(dossier, dossiers)
            found = [f"{dossier.file_name}, {fault}" for fault in _faults_of_review(policy, as_of, allow_overdue)]
            policies.append(policy)
        faults.extend(found)
    return PolicyReport(tuple(sorted(policies, key=lambda policy: policy.id)), tuple(faults))


def write_policies(
    connection: Connection,
    policies: Iterable[Policy],
    *,
    default_policy: str,
    single_policy: str | None = None,
    policy_by_line_of_business: Mapping[str, str],
) -> None:
    """Makes the schema ``policies``.

    - ``policy``: one row a policy, with a typed column a parameter (in the order of the rule);
    - ``default_policy``: the one row whose parameters govern sections 1 to 3 of the rule;
    - ``line_of_business_policy``: one row a line of business that has its own policy;
    - ``fallback_policy``: one row, the policy of members whose line of business has none, or whose
      policy is not in force on the anchor date;
    - ``parameter``: one row a policy and parameter, as text with unit and reason, for readers.

    With ``single_policy`` every member gets it and the assignments are left out. Raises ``PolicyError``
    where a policy named is not among ``policies`` or one line of business is assigned twice.
    """
    known = {policy.id: policy for policy in policies}
    assigned = _assignments({} if single_policy is not None else policy_by_line_of_business)
    fallback = single_policy if single_policy is not None else default_policy
    for policy_id in (default_policy, fallback, *assigned.values()):
        if policy_id not in known:
            message = f"There is no policy '{policy_id}'; use one of {', '.join(sorted(known))}."
            raise PolicyError(message)
    connection.execute("create schema if not exists policies")
    _write(connection, "policy", _policy_frame(known.values()))
    connection.execute(
        "create or replace table policies.default_policy as "
        f"select * from policies.policy where policy_id = {literal(default_policy)}"
    )
    _write(
        connection,
        "line_of_business_policy",
        pl.DataFrame(
            {"line_of_business": list(assigned), "policy_id": list(assigned.values())},
            schema={"line_of_business": pl.String, "policy_id": pl.String},
        ),
    )
    _write(connection, "fallback_policy", pl.DataFrame({"policy_id": [fallback]}))
    _write(connection, "parameter", _parameter_frame(known.values()))


def normalise_line_of_business(text: str) -> str:
    """``text`` in lower case with each run of blanks or hyphens as one ``_`` (``Medicare - FFS``: ``medicare_ffs``)."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def format_value(value: ParameterValue) -> str:
    """``value`` as a person reads it: yes or no, a day, or a number without a needless point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def policy_lines(policy: Policy) -> tuple[str, ...]:
    """The dossier as lines of plain text: question, criteria, exclusions, parameters, sources, changes."""
    until = f"until {policy.effective_to}" if policy.effective_to else "with no end set"
    lines = [
        f"{policy.title} ({policy.id}, version {policy.version})",
        *_paragraph(
            f"In force from {policy.effective_from}, {until}; meant for {', '.join(policy.lines_of_business)}."
        ),
        *_paragraph(
            f"Written by {policy.authored_by}, checked by {policy.checked_by} on {policy.reviewed_on}; "
            f"next review {policy.next_review}."
        ),
        *([f"Extends {policy.extends}; * marks the parameters that differ."] if policy.extends else []),
        "",
        "Question",
        *_paragraph(policy.question),
        "",
        "Why it matters",
        *_paragraph(policy.why_it_matters),
        "",
        "Criteria",
        *_tests(policy.criteria),
        "",
        "What takes an episode off the list, in this order",
        *_tests(policy.exclusions),
        "",
        "Parameters",
        *parameter_lines(policy),
        "",
        "Sources",
    ]
    for source in policy.sources:
        lines.extend(
            _paragraph(
                f"- {source.title}. {source.publisher}. {source.section}. Read {source.date_read}: "
                f"{VERIFICATIONS[source.verification]}.",
                "  ",
            )
        )
    lines.extend(["", "Changes"])
    for change in policy.change_log:
        lines.extend(_paragraph(f"- {change.date}, {change.version}, {change.changed_by}: {change.change}", "  "))
    return tuple(lines)


def parameter_lines(policy: Policy) -> tuple[str, ...]:
    """One line a parameter: name, value, unit, reason, in columns; ``*`` where it differs from the extended policy."""
    shown = [
        (
            ("* " if policy.extends and parameter.name in policy.own_parameters else "  ") + parameter.name,
            format_value(parameter.value),
            parameter.unit,
            parameter.reason,
        )
        for parameter in policy.parameters
    ]
    name, value, unit = (max(len(row[place]) for row in shown) for place in range(3))
    return tuple(f"{row[0]:<{name}}  {row[1]:>{value}}  {row[2]:<{unit}}  {row[3]}" for row in shown)


def _paragraph(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(" ".join(text.split()), _WIDTH, subsequent_indent=indent)


def _tests(criteria: Iterable[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        sets = f" [{', '.join(criterion.value_sets)}]" if criterion.value_sets else ""
        yield from _paragraph(f"- {criterion.id}: {criterion.statement}{sets}", "  ")


def _assignments(policy_by_line_of_business: Mapping[str, str]) -> dict[str, str]:
    assigned: dict[str, str] = {}
    for line_of_business, policy_id in policy_by_line_of_business.items():
        name = normalise_line_of_business(line_of_business)
        if not name:
            message = "A policy is assigned to a blank line of business; name the line of business."
            raise PolicyError(message)
        if assigned.get(name, policy_id) != policy_id:
            message = f"Line of business '{name}' is assigned to '{assigned[name]}' and to '{policy_id}'; keep one."
            raise PolicyError(message)
        assigned[name] = policy_id
    return dict(sorted(assigned.items()))


def _policy_frame(policies: Iterable[Policy]) -> pl.DataFrame:
    types: dict[str, pl.DataType] = {
        "INTEGER": pl.Int32(),
        "DOUBLE": pl.Float64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
    }
    schema: dict[str, pl.DataType] = {
        "policy_id": pl.String(),
        "policy_version": pl.String(),
        "title": pl.String(),
        "effective_from": pl.Date(),
        "effective_to": pl.Date(),
    }
    schema |= {name: types[UNITS[unit]] for name, unit in PARAMETERS.items()}
    rows = [
        {
            "policy_id": policy.id,
            "policy_version": policy.version,
            "title": policy.title,
            "effective_from": policy.effective_from,
            "effective_to": policy.effective_to,
        }
        | {parameter.name: parameter.value for parameter in policy.parameters}
        for policy in sorted(policies, key=lambda policy: policy.id)
    ]
    return pl.DataFrame(rows, schema=schema)


def _parameter_frame(policies: Iterable[Policy]) -> pl.DataFrame:
    rows = [
        {
            "policy_id": policy.id,
            "parameter": parameter.name,
            "value": format_value(parameter.value),
            "unit": parameter.unit,
            "reason": parameter.reason,
            "is_own": parameter.name in policy.own_parameters,
        }
        for policy in sorted(policies, key=lambda policy: policy.id)
        for parameter in policy.parameters
    ]
    return pl.DataFrame(rows)


def _write(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    connection.register("policy_rows", frame.to_arrow())
    connection.execute(f"create or replace table policies.{identifier(table)} as select * from policy_rows")
    connection.unregister("policy_rows")


def _read(path: Path) -> tuple[_Dossier | None, list[str]]:
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
    return _Dossier(path.name, parsed, hashlib.sha256(content).hexdigest()), []


def _faults(dossier: _Dossier, dossiers: Mapping[str, _Dossier]) -> Iterator[str]:
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
        if list(_faults(base, dossiers)):
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
        unit = PARAMETERS.get(name)
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


def _faults_of_whole(dossier: _Dossier, base: _Dossier | None) -> Iterator[str]:
    content = dossier.content
    parameters = _parameters(dossier, base)
    for name in PARAMETERS:
        if name not in parameters:
            yield f"parameters.{name}: the parameter is missing; give it a value, a unit and a reason."
    for field, known in (("criteria", CRITERIA), ("exclusions", EXCLUSIONS)):
        entries = _entries(field, dossier, base)
        for name in known:
            if name not in entries:
                yield f"{field}: '{name}' is missing; say in a sentence what it tests."
        for name, entry in entries.items():
            for unknown in sorted(_placeholders(entry["statement"]) - set(PARAMETERS)):
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


def _faults_of_review(policy: Policy, as_of: date, allow_overdue: bool) -> Iterator[str]:  # noqa: FBT001 - private
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


def _base(dossier: _Dossier, dossiers: Mapping[str, _Dossier]) -> _Dossier | None:
    return dossiers.get(dossier.content.get("extends", ""))


def _parameters(dossier: _Dossier, base: _Dossier | None) -> dict[str, Mapping[str, Any]]:
    return {**(base.content["parameters"] if base else {}), **dossier.content["parameters"]}


def _entries(field: str, dossier: _Dossier, base: _Dossier | None) -> dict[str, Mapping[str, Any]]:
    entries = [*(base.content.get(field, []) if base else []), *dossier.content.get(field, [])]
    return {entry["id"]: entry for entry in entries}


def _policy(dossier: _Dossier, dossiers: Mapping[str, _Dossier]) -> Policy:
    content = dossier.content
    base = _base(dossier, dossiers)
    given = _parameters(dossier, base)
    parameters = tuple(
        Parameter(name, _typed(given[name]["value"], unit), unit, " ".join(given[name]["reason"].split()))
        for name, unit in PARAMETERS.items()
    )
    values = {parameter.name: format_value(parameter.value) for parameter in parameters}
    tests = {
        field: tuple(
            Criterion(
                name,
                " ".join(entries[name]["statement"].format_map(values).split()),
                tuple(entries[name]["value_sets"]),
            )
            for name in known
        )
        for field, known in (("criteria", CRITERIA), ("exclusions", EXCLUSIONS))
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
        own_parameters=tuple(name for name in PARAMETERS if name in content["parameters"]),
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
