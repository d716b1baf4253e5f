"""Delivered rows into typed records, for the second opinion (contract.md section 1, rule.md sections 1 and 2.1).

A row that breaks the contract is set aside (here: left out). Nothing here decides which claims count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from tests.second_opinion.codes import (
    Crosswalk,
    DrugNames,
    normal_code,
    normal_ndc,
    normal_revenue_code,
    normal_word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Row = dict[str, str | None]
Position = tuple[int, bytes, int]
Record = TypeVar("Record")

FIRST_DAY = date(1990, 1, 1)
FIRST_BIRTH_DAY = date(1900, 1, 1)
CLAIM_STATUSES = ("paid", "denied", "pending", "reversed")
CLAIM_TYPES = ("professional", "institutional")
DECISIONS = ("approved", "partially_approved", "denied", "pended", "withdrawn")
DELIVERED_DIAGNOSES = 25


class RejectedRowError(Exception):
    """A row of a delivery that is set aside (contract.md section 1)."""


@dataclass(frozen=True)
class Line:
    """One version of a claim line."""

    position: Position
    member_id: str
    claim_id: str
    line_number: str
    claim_type: str
    start: date
    claim_start: date | None
    claim_end: date | None
    line_of_business: str
    revenue_code: str
    hcpcs: str
    modifiers: tuple[str, ...]
    units: Decimal | None
    pointer: str
    condition_codes: tuple[str, ...]
    trial_number: str
    authorization_number: str
    paid_date: date | None
    paid: Decimal
    allowed: Decimal
    status: str
    frequency: str
    original_claim_id: str
    wide_type: str
    wide_diagnoses: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class DiagnosisRow:
    """One delivered `claim_diagnosis` row; `system` blank where the type is blank."""

    position: Position
    claim_id: str
    rank: int
    code: str
    system: str


@dataclass(frozen=True)
class ProcedureRow:
    """One delivered `claim_procedure` row; `system` blank where the type is blank."""

    position: Position
    claim_id: str
    rank: int
    code: str
    system: str
    on: date | None


@dataclass(frozen=True)
class Fill:
    """One delivered `pharmacy_claim` row."""

    position: Position
    member_id: str
    claim_id: str
    line_number: str
    dispensed: date
    names: DrugNames
    delivered_ndc: str
    quantity: Decimal | None
    days: int
    paid: Decimal
    status: str


@dataclass(frozen=True)
class Span:
    """One eligibility span, both ends in; an open end is the last day there is."""

    member_id: str
    start: date
    end: date
    line_of_business: str
    pharmacy_benefit: bool | None


@dataclass(frozen=True)
class Authorization:
    """One `prior_authorization` row; open ends are the first and last day there are."""

    authorization_id: str
    member_id: str
    decision: str
    hcpcs: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Document:
    """One `care_documentation` row."""

    document_id: str
    member_id: str
    modality: str
    outcome: str
    document_date: date | None
    start: date | None
    end: date | None
    visit_count: Decimal | None
    author_role: str
    source_type: str


@dataclass(frozen=True)
class Delivered:
    """All records read; None for a feed that was not supplied."""

    lines: list[Line]
    diagnoses: list[DiagnosisRow]
    procedures: list[ProcedureRow]
    fills: list[Fill] | None
    spans: list[Span] | None
    authorizations: list[Authorization] | None
    documents: list[Document] | None
    crosswalk: Crosswalk


# --- Values (contract.md section 1) --------------------------------------------------------------


def text(row: Row, column: str) -> str:
    """Return a value trimmed; blank where it is absent."""
    return (row.get(column) or "").strip()


def required(row: Row, column: str) -> str:
    """Return a value that must be there."""
    value = text(row, column)
    if not value:
        raise RejectedRowError(column)
    return value


def latest_day(as_of: date) -> date:
    """Return the run date + 1 year: the last day that a date may have."""
    try:
        return as_of.replace(year=as_of.year + 1)
    except ValueError:
        return date(as_of.year + 1, 2, 28)


def any_day(row: Row, column: str) -> date | None:
    """Return a date of either form, whatever its year; blank is None."""
    value = text(row, column)
    if not value:
        return None
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})|(\d{4})(\d{2})(\d{2})", value, re.ASCII)
    if found is None:
        raise RejectedRowError(column)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise RejectedRowError(column) from error


def day(row: Row, column: str, as_of: date) -> date | None:
    """Return a date between 1990 and the run date + 1 year; blank is None."""
    value = any_day(row, column)
    if value is not None and not FIRST_DAY <= value <= latest_day(as_of):
        raise RejectedRowError(column)
    return value


def required_day(row: Row, column: str, as_of: date) -> date:
    """Return a date that must be there."""
    value = day(row, column, as_of)
    if value is None:
        raise RejectedRowError(column)
    return value


def start_or_open(row: Row, column: str, as_of: date) -> date:
    """Return a first day; blank or before 1990 means open."""
    value = any_day(row, column)
    if value is None or value < FIRST_DAY:
        return date.min
    if value > latest_day(as_of):
        raise RejectedRowError(column)
    return value


def end_or_open(row: Row, column: str, as_of: date) -> date:
    """Return a last day; blank or more than a year ahead means open; before 1990 is kept (an empty span)."""
    value = any_day(row, column)
    return date.max if value is None or value > latest_day(as_of) else value


def number(row: Row, column: str) -> Decimal | None:
    """Return a plain decimal; blank is None."""
    value = text(row, column)
    if not value:
        return None
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", value, re.ASCII):
        raise RejectedRowError(column)
    return Decimal(value)


def whole_number(row: Row, column: str) -> int:
    """Return a whole number that must be there."""
    value = number(row, column)
    if value is None or value != value.to_integral_value():
        raise RejectedRowError(column)
    return int(value)


def rank(row: Row, column: str) -> int:
    """Return a rank: a whole number of 1 or more."""
    value = whole_number(row, column)
    if value < 1:
        raise RejectedRowError(column)
    return value


def listed(row: Row, column: str, words: Iterable[str], *, may_be_blank: bool) -> str:
    """Return a word of a closed list."""
    value = normal_word(row.get(column))
    if value not in words and not (may_be_blank and not value):
        raise RejectedRowError(column)
    return value


def boolean(row: Row, column: str) -> bool | None:
    """Return a boolean; blank or unreadable is None."""
    return {
        "true": True,
        "1": True,
        "y": True,
        "false": False,
        "0": False,
        "n": False,
    }.get(text(row, column).lower())


def line_number(raw: str) -> str:
    """Return a line number without leading zeros (rule.md section 2.2)."""
    return raw.lstrip("0") or ("0" if raw else "")


# --- Records ---------------------------------------------------------------------------------------


def _position(table: str, row: Row, at: int) -> Position:
    """Return where a row stands: delivery, file path (bytes), row (rule.md section 2.2)."""
    delivery = row.get("_delivery")
    place = row.get("_row")
    return (
        int(delivery) if delivery is not None else 1,
        (row.get("_file") or f"{table}.csv").encode(),
        int(place) if place is not None else at,
    )


def _line(position: Position, row: Row, as_of: date) -> Line:
    day(row, "claim_line_end_date", as_of)
    number(row, "charge_amount")
    start = required_day(row, "claim_line_start_date", as_of)
    wide = tuple(
        (place, normal_code(row.get(f"diagnosis_code_{place}")))
        for place in range(1, DELIVERED_DIAGNOSES + 1)
        if normal_code(row.get(f"diagnosis_code_{place}"))
    )
    return Line(
        position=position,
        member_id=required(row, "member_id"),
        claim_id=required(row, "claim_id"),
        line_number=line_number(required(row, "claim_line_number")),
        claim_type=listed(row, "claim_type", CLAIM_TYPES, may_be_blank=False),
        start=start,
        claim_start=day(row, "claim_start_date", as_of),
        claim_end=day(row, "claim_end_date", as_of),
        line_of_business=text(row, "line_of_business"),
        revenue_code=normal_revenue_code(row.get("revenue_center_code")),
        hcpcs=normal_code(row.get("hcpcs_code")),
        modifiers=tuple(
            code for code in (normal_code(row.get(f"hcpcs_modifier_{place}")) for place in range(1, 6)) if code
        ),
        units=number(row, "service_unit_quantity"),
        pointer=text(row, "diagnosis_pointer"),
        condition_codes=tuple(
            code for code in (normal_code(part) for part in text(row, "condition_codes").split(":")) if code
        ),
        trial_number=normal_code(row.get("clinical_trial_number")),
        authorization_number=text(row, "prior_authorization_number"),
        paid_date=day(row, "paid_date", as_of),
        paid=number(row, "paid_amount") or Decimal(0),
        allowed=number(row, "allowed_amount") or Decimal(0),
        status=listed(row, "claim_status", CLAIM_STATUSES, may_be_blank=True) or "paid",
        frequency=normal_code(row.get("claim_frequency_code")),
        original_claim_id=text(row, "original_claim_id"),
        wide_type=text(row, "diagnosis_code_type").lower(),
        wide_diagnoses=wide,
    )


def _diagnosis(position: Position, row: Row, _as_of: date) -> DiagnosisRow:
    return DiagnosisRow(
        position=position,
        claim_id=required(row, "claim_id"),
        rank=rank(row, "diagnosis_rank"),
        code=normal_code(row.get("diagnosis_code")),
        system=text(row, "diagnosis_code_type").lower(),
    )


def _procedure(position: Position, row: Row, as_of: date) -> ProcedureRow:
    return ProcedureRow(
        position=position,
        claim_id=required(row, "claim_id"),
        rank=rank(row, "procedure_rank"),
        code=normal_code(row.get("procedure_code")),
        system=text(row, "procedure_code_type").lower(),
        on=day(row, "procedure_date", as_of),
    )


def _fill(position: Position, row: Row, as_of: date) -> Fill:
    days = whole_number(row, "days_supply")
    if abs(days) > 999:
        column = "days_supply"
        raise RejectedRowError(column)
    return Fill(
        position=position,
        member_id=required(row, "member_id"),
        claim_id=required(row, "claim_id"),
        line_number=line_number(text(row, "claim_line_number")),
        dispensed=required_day(row, "dispensing_date", as_of),
        names=DrugNames(
            rxnorm=normal_code(row.get("rxnorm_code")),
            ndc=normal_ndc(row.get("ndc_code")),
            atc=normal_code(row.get("atc_code")),
            generic_name=text(row, "generic_name"),
        ),
        delivered_ndc=normal_ndc(row.get("ndc_code")) or normal_code(row.get("ndc_code")),
        quantity=number(row, "quantity"),
        days=days,
        paid=number(row, "paid_amount") or Decimal(0),
        status=listed(row, "claim_status", CLAIM_STATUSES, may_be_blank=True),
    )


def _span(_position: Position, row: Row, as_of: date) -> Span:
    birth = any_day(row, "birth_date")
    if birth is not None and not FIRST_BIRTH_DAY <= birth <= latest_day(as_of):
        column = "birth_date"
        raise RejectedRowError(column)
    required(row, "enrollment_start_date")
    return Span(
        member_id=required(row, "member_id"),
        start=start_or_open(row, "enrollment_start_date", as_of),
        end=_not_before_1990(end_or_open(row, "enrollment_end_date", as_of)),
        line_of_business=text(row, "line_of_business"),
        pharmacy_benefit=boolean(row, "has_pharmacy_benefit"),
    )


def _not_before_1990(end: date) -> date:
    """Return an end that leaves a span empty when it ended before 1990, even with an open start."""
    return end if end >= FIRST_DAY else date.min


def _authorization(_position: Position, row: Row, as_of: date) -> Authorization:
    day(row, "decision_date", as_of)
    return Authorization(
        authorization_id=required(row, "authorization_id"),
        member_id=required(row, "member_id"),
        decision=listed(row, "decision", DECISIONS, may_be_blank=False),
        hcpcs=normal_code(row.get("hcpcs_code")),
        valid_from=start_or_open(row, "valid_from", as_of),
        valid_to=_not_before_1990(end_or_open(row, "valid_to", as_of)),
    )


def _document(_position: Position, row: Row, as_of: date) -> Document:
    return Document(
        document_id=text(row, "document_id"),
        member_id=required(row, "member_id"),
        modality=normal_word(row.get("modality")),
        outcome=normal_word(row.get("outcome")),
        document_date=day(row, "document_date", as_of),
        start=day(row, "start_date", as_of),
        end=day(row, "end_date", as_of),
        visit_count=number(row, "visit_count"),
        author_role=text(row, "author_role"),
        source_type=text(row, "source_type"),
    )


def _crosswalk(rows: Sequence[Row]) -> Crosswalk:
    """Return `drug_crosswalk`; every row adds an ingredient, none replaces another."""
    found = Crosswalk(by_rxnorm={}, by_ndc={})
    for row in rows:
        ingredient = normal_code(row.get("rxnorm_ingredient"))
        system = text(row, "from_system").lower()
        if not ingredient:
            continue
        if system == "rxnorm" and normal_code(row.get("from_code")):
            found.by_rxnorm.setdefault(normal_code(row.get("from_code")), set()).add(ingredient)
        if system == "ndc" and normal_ndc(row.get("from_code")):
            found.by_ndc.setdefault(normal_ndc(row.get("from_code")), set()).add(ingredient)
    return found


def _without_repeats(fills: list[Fill]) -> list[Fill]:
    """Return fills without repeats: of rows equal in all known columns the last stays (rule.md section 2.1).

    Only for fills does it matter: elsewhere the last version wins anyway, or a copy adds nothing.
    """
    last: dict[tuple[object, ...], Fill] = {}
    for fill in sorted(fills, key=lambda each: each.position):
        last[
            (
                fill.member_id,
                fill.claim_id,
                fill.line_number,
                fill.dispensed,
                fill.names,
                fill.delivered_ndc,
                fill.quantity,
                fill.days,
                fill.paid,
                fill.status,
            )
        ] = fill
    return sorted(last.values(), key=lambda each: each.position)


def read(extracts: Mapping[str, Sequence[Row]], as_of: date) -> Delivered:
    """Return the records of all tables, rows that break the contract set aside."""
    tables = {
        name: [{key.lower(): value for key, value in row.items()} for row in rows] for name, rows in extracts.items()
    }

    def records(table: str, make: Callable[[Position, Row, date], Record]) -> list[Record]:
        found = []
        for at, row in enumerate(tables.get(table, []), start=1):
            try:
                found.append(make(_position(table, row, at), row, as_of))
            except RejectedRowError:
                continue
        return found

    return Delivered(
        lines=records("medical_claim", _line),
        diagnoses=records("claim_diagnosis", _diagnosis),
        procedures=records("claim_procedure", _procedure),
        fills=_without_repeats(records("pharmacy_claim", _fill)) if "pharmacy_claim" in tables else None,
        spans=records("eligibility", _span) if "eligibility" in tables else None,
        authorizations=records("prior_authorization", _authorization) if "prior_authorization" in tables else None,
        documents=records("care_documentation", _document) if "care_documentation" in tables else None,
        crosswalk=_crosswalk(tables.get("drug_crosswalk", [])),
    )
