"""Delivered rows into typed records, for the second opinion (docs/contract.md 1, docs/rule.md 1, 2.1).

A row that breaks the contract is set aside (here: left out). Nothing here decides which claims count.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from tests.second_opinion.codes import (
    Crosswalk,
    DrugNames,
    normal_code,
    normal_ndc,
    normal_revenue_code,
    normal_word,
    without_point_zero,
)
from tests.second_opinion.values import (
    IDENTIFIERS,
    MANGLED,
    NULL_WORDS,
    RefusedDeliveryError,
    RejectedRowError,
    Row,
    amount,
    birth_day,
    boolean,
    clean_row,
    code,
    day,
    end_or_open,
    hcpcs_and_modifiers,
    identifier,
    line_number,
    listed,
    modifier_run,
    number,
    rank,
    required,
    required_day,
    required_identifier,
    start_or_open,
    text,
    unread_amount,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

Position = tuple[int, bytes, int]
Record = TypeVar("Record")

CLAIM_STATUSES = ("paid", "denied", "pending", "reversed")
CLAIM_TYPES = ("professional", "institutional")
DECISIONS = ("approved", "partially_approved", "denied", "pended", "withdrawn")
DELIVERED_CODES = 25


@dataclass(frozen=True)
class Intake:
    """What the configuration says of the deliveries; deliveries by number, files by name."""

    null_words: Sequence[str] = NULL_WORDS
    files_without_payments: frozenset[str] = frozenset()
    redelivered_claims: str = "lines"
    full_deliveries: Mapping[int, tuple[date, date]] | None = None
    id_namespace: str | None = None
    source_by_file: Mapping[str, str] | None = None


DEFAULT_INTAKE = Intake()


@dataclass(frozen=True)
class Line:
    """One version of a claim line; an amount is None where nobody sent it (docs/contract.md 1.9)."""

    position: Position
    member_id: str
    claim_id: str
    line_number: str
    claim_type: str
    start: date
    claim_start: date | None
    claim_end: date | None
    line_of_business: str
    payer: str
    data_source: str
    bill_type: str
    revenue_code: str
    hcpcs: str
    modifiers: tuple[str, ...]
    units: Decimal | None
    pointer: str
    condition_codes: tuple[str, ...]
    trial_number: str
    authorization_number: str
    paid_date: date | None
    paid: Decimal | None
    allowed: Decimal | None
    status: str
    frequency: str
    original_claim_id: str
    wide_type: str
    wide_diagnoses: tuple[tuple[int, str], ...]
    wide_procedures: tuple[ProcedureRow, ...]


@dataclass(frozen=True)
class DiagnosisRow:
    """One delivered `claim_diagnosis` row; `system` blank where the type is blank, so is `member_id`."""

    position: Position
    member_id: str
    claim_id: str
    rank: int
    code: str
    system: str


@dataclass(frozen=True)
class ProcedureRow:
    """One delivered `claim_procedure` row, or a procedure in columns of a line; `system`, `member_id` may be blank."""

    position: Position
    member_id: str
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

    position: Position
    member_id: str
    start: date
    end: date
    line_of_business: str
    payer: str
    plan: str
    pharmacy_benefit: bool | None
    birth: date | None
    gender: str


@dataclass(frozen=True)
class Authorization:
    """One `prior_authorization` row; open ends are the first and last day there are."""

    position: Position
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
    """All records read; None for a feed of which no row was loaded. Repeats are among `fill_days` alone."""

    lines: list[Line]
    diagnoses: list[DiagnosisRow]
    procedures: list[ProcedureRow]
    fills: list[Fill] | None
    fill_days: list[date]
    spans: list[Span] | None
    authorizations: list[Authorization] | None
    documents: list[Document] | None
    crosswalk: Crosswalk


# --- Records ---------------------------------------------------------------------------------------


def _file(table: str, row: Row) -> str:
    return row.get("_file") or f"{table}.csv"


def _position(table: str, row: Row, at: int) -> Position:
    """Return where a row stands: delivery, file path (bytes), row (docs/rule.md 2.2)."""
    delivery = row.get("_delivery")
    place = row.get("_row")
    return (
        int(delivery) if delivery is not None else 1,
        _file(table, row).encode(),
        int(place) if place is not None else at,
    )


def _paid_and_allowed(row: Row, *, without_payments: bool) -> tuple[Decimal | None, Decimal | None]:
    """Return both amounts; blank is 0, or unknown where the file carries no payments."""
    paid, allowed = amount(row, "paid_amount"), amount(row, "allowed_amount")
    if without_payments and paid is None:
        return None, allowed
    return paid or Decimal(0), allowed or Decimal(0)


def _line(position: Position, row: Row, as_of: date, intake: Intake) -> Line:
    day(row, "claim_line_end_date", as_of)
    member_id, claim_id = required_identifier(row, "member_id"), required_identifier(row, "claim_id")
    paid, allowed = _paid_and_allowed(row, without_payments=position[1].decode() in intake.files_without_payments)
    hcpcs, more_modifiers = hcpcs_and_modifiers(text(row, "hcpcs_code"))
    modifiers = [each for place in range(1, 6) for each in modifier_run(text(row, f"hcpcs_modifier_{place}"))]
    return Line(
        position=position,
        member_id=member_id,
        claim_id=claim_id,
        line_number=line_number(required(row, "claim_line_number")),
        claim_type=listed(row, "claim_type", CLAIM_TYPES, may_be_blank=False),
        start=required_day(row, "claim_line_start_date", as_of),
        claim_start=day(row, "claim_start_date", as_of),
        claim_end=day(row, "claim_end_date", as_of),
        line_of_business=text(row, "line_of_business"),
        payer=text(row, "payer"),
        data_source=text(row, "data_source"),
        bill_type=code(row, "bill_type_code"),
        revenue_code=normal_revenue_code(without_point_zero(text(row, "revenue_center_code"))),
        hcpcs=hcpcs,
        modifiers=(*modifiers, *more_modifiers),
        units=number(row, "service_unit_quantity"),
        pointer=text(row, "diagnosis_pointer"),
        condition_codes=tuple(
            found
            for found in (
                normal_code(without_point_zero(part.strip())) for part in text(row, "condition_codes").split(":")
            )
            if found
        ),
        trial_number=code(row, "clinical_trial_number"),
        authorization_number=text(row, "prior_authorization_number"),
        paid_date=day(row, "paid_date", as_of),
        paid=paid,
        allowed=allowed,
        status=listed(row, "claim_status", CLAIM_STATUSES, may_be_blank=True) or "paid",
        frequency=code(row, "claim_frequency_code"),
        original_claim_id=identifier(row, "original_claim_id"),
        wide_type=text(row, "diagnosis_code_type").lower(),
        wide_diagnoses=tuple(_wide_codes(row, "diagnosis_code")),
        wide_procedures=_wide_procedures(position, row, as_of, member_id, claim_id),
    )


def _wide_procedures(
    position: Position, row: Row, as_of: date, member_id: str, claim_id: str
) -> tuple[ProcedureRow, ...]:
    """Return the procedures in columns of a line; a blank code names nothing, its date must still be one."""
    system = text(row, "procedure_code_type").lower()
    days = {place: day(row, f"procedure_date_{place}", as_of) for place in range(1, DELIVERED_CODES + 1)}
    return tuple(
        ProcedureRow(position, member_id, claim_id, place, name, system, days[place])
        for place, name in _wide_codes(row, "procedure_code")
    )


def _wide_codes(row: Row, column: str) -> list[tuple[int, str]]:
    """Return (rank, code) of the numbered columns that hold a code."""
    told = [(place, text(row, f"{column}_{place}")) for place in range(1, DELIVERED_CODES + 1)]
    return [(place, normal_code(value)) for place, value in told if normal_code(value)]


def _rank(row: Row, column: str) -> int:
    return rank({**row, column: without_point_zero(text(row, column))}, column)


def _diagnosis(position: Position, row: Row, _as_of: date, _intake: Intake) -> DiagnosisRow:
    return DiagnosisRow(
        position=position,
        member_id=identifier(row, "member_id"),
        claim_id=required_identifier(row, "claim_id"),
        rank=_rank(row, "diagnosis_rank"),
        code=normal_code(row.get("diagnosis_code")),
        system=text(row, "diagnosis_code_type").lower(),
    )


def _procedure(position: Position, row: Row, as_of: date, _intake: Intake) -> ProcedureRow:
    return ProcedureRow(
        position=position,
        member_id=identifier(row, "member_id"),
        claim_id=required_identifier(row, "claim_id"),
        rank=_rank(row, "procedure_rank"),
        code=normal_code(row.get("procedure_code")),
        system=text(row, "procedure_code_type").lower(),
        on=day(row, "procedure_date", as_of),
    )


LEAST_DAYS, MOST_DAYS = -998, 998


def _fill(position: Position, row: Row, as_of: date, _intake: Intake) -> Fill:
    days = whole_number(row, "days_supply")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        column = "days_supply"
        raise RejectedRowError(column)
    return Fill(
        position=position,
        member_id=required_identifier(row, "member_id"),
        claim_id=required_identifier(row, "claim_id"),
        line_number=line_number(text(row, "claim_line_number")),
        dispensed=required_day(row, "dispensing_date", as_of),
        names=DrugNames(
            rxnorm=code(row, "rxnorm_code"),
            ndc=normal_ndc(row.get("ndc_code")),
            atc=normal_code(row.get("atc_code")),
            generic_name=text(row, "generic_name"),
        ),
        delivered_ndc=normal_ndc(row.get("ndc_code")) or normal_code(row.get("ndc_code")),
        quantity=number(row, "quantity"),
        days=days,
        paid=unread_amount(row, "paid_amount") or Decimal(0),
        status=listed(row, "claim_status", CLAIM_STATUSES, may_be_blank=True),
    )


def _span(position: Position, row: Row, as_of: date, _intake: Intake) -> Span:
    required(row, "enrollment_start_date")
    return Span(
        position=position,
        member_id=required_identifier(row, "member_id"),
        start=start_or_open(row, "enrollment_start_date", as_of),
        end=end_or_open(row, "enrollment_end_date", as_of),
        line_of_business=text(row, "line_of_business"),
        payer=text(row, "payer"),
        plan=text(row, "plan"),
        pharmacy_benefit=boolean(row, "has_pharmacy_benefit"),
        birth=birth_day(row, as_of),
        gender=text(row, "gender").lower(),
    )


def _authorization(position: Position, row: Row, as_of: date, _intake: Intake) -> Authorization:
    day(row, "decision_date", as_of)
    return Authorization(
        position=position,
        authorization_id=required(row, "authorization_id"),
        member_id=required_identifier(row, "member_id"),
        decision=listed(row, "decision", DECISIONS, may_be_blank=False),
        hcpcs=hcpcs_and_modifiers(text(row, "hcpcs_code"))[0],
        valid_from=start_or_open(row, "valid_from", as_of),
        valid_to=end_or_open(row, "valid_to", as_of),
    )


def _document(_position: Position, row: Row, as_of: date, _intake: Intake) -> Document:
    return Document(
        document_id=text(row, "document_id"),
        member_id=required_identifier(row, "member_id"),
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
        ingredient = code(row, "rxnorm_ingredient")
        system = text(row, "from_system").lower()
        if not ingredient:
            continue
        if system == "rxnorm" and code(row, "from_code"):
            found.by_rxnorm.setdefault(code(row, "from_code"), set()).add(ingredient)
        if system == "ndc" and normal_ndc(row.get("from_code")):
            found.by_ndc.setdefault(normal_ndc(row.get("from_code")), set()).add(ingredient)
    return found


def _without_repeats(fills: list[Fill]) -> list[Fill]:
    """Return fills without repeats: of rows equal in all known columns the last stays (docs/rule.md 2.1).

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


# --- Whose rows they are (docs/contract.md 1) -----------------------------------------------------


def _qualified(table: str, row: Row, intake: Intake) -> Row:
    """Return a row whose identifiers carry their source, as `id_namespace` says: `payer:identifier`."""
    if intake.id_namespace not in ("data_source", "payer") or not any(row.get(name) for name in IDENTIFIERS):
        return row
    source = text(row, intake.id_namespace) or (intake.source_by_file or {}).get(_file(table, row), "")
    if not source:
        raise RefusedDeliveryError(table)
    named = {
        column: f"{source}:{row[column]}"
        for column in IDENTIFIERS
        if row.get(column) and not MANGLED.fullmatch(row[column] or "")
    }
    return row | named


def _present_identifiers(rows: Sequence[Row]) -> dict[str, str]:
    """Return previous identifier -> the member's own, chains followed; a ring or two ends refuse the file."""
    named: dict[str, set[str]] = {}
    for row in rows:
        try:
            previous, own = required_identifier(row, "previous_member_id"), required_identifier(row, "member_id")
        except RejectedRowError:
            continue
        named.setdefault(previous, set()).add(own)
    return {previous: _end_of(previous, named, ()) for previous in named}


def _end_of(name: str, named: Mapping[str, set[str]], passed: tuple[str, ...]) -> str:
    if name not in named:
        return name
    ends = {_end_of(following, named, (*passed, name)) for following in named[name]} if name not in passed else set()
    if len(ends) != 1:
        raise RefusedDeliveryError(name)
    return ends.pop()


def refuse_mixed_payers(delivered: Delivered, id_namespace: str | None) -> None:
    """Refuse where identifiers of two payers cannot be told apart (docs/contract.md 1.5)."""
    of_claim: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    of_member: dict[str, tuple[set[str], set[str]]] = {}
    for line in delivered.lines:
        for sources, payers in (
            of_claim.setdefault((line.member_id, line.claim_id), (set(), set())),
            of_member.setdefault(line.member_id, (set(), set())),
        ):
            sources.add(line.data_source)
            payers.add(line.payer)
    births: dict[str, set[date | None]] = {}
    genders: dict[str, set[str]] = {}
    for span in delivered.spans or []:
        of_member.setdefault(span.member_id, (set(), set()))[1].add(span.payer)
        births.setdefault(span.member_id, set()).add(span.birth)
        genders.setdefault(span.member_id, set()).add(span.gender)
    for member_id, values in of_member.items():
        two_people = len(births.get(member_id, set()) - {None}) > 1 or len(genders.get(member_id, set()) - {""}) > 1
        if two_people and any(len(each - {""}) > 1 for each in values):
            raise RefusedDeliveryError(member_id)
    if id_namespace is None and any(len(each - {""}) > 1 for values in of_claim.values() for each in values):
        message = "a claim of two payers"
        raise RefusedDeliveryError(message)


def read(extracts: Mapping[str, Sequence[Row]], as_of: date, intake: Intake = DEFAULT_INTAKE) -> Delivered:
    """Return the records of all tables, rows that break the contract set aside."""
    tables = {
        name: [_qualified(name, clean_row(row, intake.null_words), intake) for row in rows]
        for name, rows in extracts.items()
    }
    present = _present_identifiers(tables.get("member_crosswalk", []))

    def records(table: str, make: Callable[[Position, Row, date, Intake], Record]) -> list[Record]:
        found = []
        for at, row in enumerate(tables.get(table, []), start=1):
            member_id = text(row, "member_id")
            if member_id in present:
                row["member_id"] = present[member_id]
            try:
                found.append(make(_position(table, row, at), row, as_of, intake))
            except RejectedRowError:
                continue
        return found

    fills = records("pharmacy_claim", _fill)
    delivered = Delivered(
        lines=records("medical_claim", _line),
        diagnoses=records("claim_diagnosis", _diagnosis),
        procedures=records("claim_procedure", _procedure),
        fills=_without_repeats(fills) or None,
        fill_days=[fill.dispensed for fill in fills],
        spans=records("eligibility", _span) or None,
        authorizations=records("prior_authorization", _authorization) or None,
        documents=records("care_documentation", _document) or None,
        crosswalk=_crosswalk(tables.get("drug_crosswalk", [])),
    )
    refuse_mixed_payers(delivered, intake.id_namespace)
    return delivered
