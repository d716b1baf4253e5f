"""A member under construction: claims, fills, spans, authorizations and statements, added by story pieces."""

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ParamSpec, TypeVar

from tests.messy.codes import DIAGNOSIS_SYSTEMS, Codes, icd_version
from tests.messy.text import Row, spell_oddly, spell_row

P = ParamSpec("P")
R = TypeVar("R")

PIECES: dict[str, Callable[..., Any]] = {}
"""Every story piece by name; a member counts the pieces it is made of."""

LONG, WIDE, BOTH = "long", "wide", "both"
"""Where the diagnoses of a claim stand: `claim_diagnosis`, the columns of the line, or both."""

NOT_STATED = "not stated"


def piece(function: Callable[P, R]) -> Callable[P, R]:
    """Names a function (member first) as a story piece and counts its uses on the member."""
    PIECES[function.__name__] = function

    @functools.wraps(function)
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        member = args[0]
        assert isinstance(member, Member)
        member.saw(function.__name__)
        return function(*args, **kwargs)

    return counted


def days(count: int) -> timedelta:
    return timedelta(days=count)


def text_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def text_amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@dataclass
class Claim:
    """One claim as delivered: its lines, its diagnoses by rank, its procedure rows."""

    claim_id: str
    day: date
    lines: list[Row] = field(default_factory=list)
    diagnoses: list[Row] = field(default_factory=list)
    procedures: list[Row] = field(default_factory=list)
    form: str = LONG

    @property
    def claim_type(self) -> str:
        return self.lines[0]["claim_type"] or ""


class Member:
    """Rows of one member. Story pieces add to it; `tables` gives what would be delivered."""

    def __init__(self, member_id: str, claim_prefix: str, rng: random.Random, codes: Codes, anchor: date) -> None:
        self.member_id = member_id
        self.rng = rng
        self.codes = codes
        self.anchor = anchor
        self.first = anchor
        self.last = anchor
        self.index_codes: list[str] = []
        self.line_of_business: str | None = None
        self.seen: Counter[str] = Counter()
        self.claims: list[Claim] = []
        self.fills: list[Row] = []
        self.spans: list[Row] = []
        self.authorizations: list[Row] = []
        self.statements: list[Row] = []
        self.previous: list[Row] = []
        self.spoiled: list[tuple[str, Row]] = []
        self.gender = rng.choice(("female", "male", None))
        self.odd_share = 0.0
        self._prefix = claim_prefix
        self._numbers: Counter[str] = Counter()

    # -- small helpers ------------------------------------------------------------------------------

    def saw(self, name: str) -> None:
        self.seen[name] += 1

    def edge(self, name: str, choices: Sequence[int]) -> int:
        """One of the values at the edge of a parameter, remembered as `name=value`."""
        value = self.rng.choice(choices)
        self.saw(f"{name}={value}")
        return value

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def new_id(self, letter: str) -> str:
        self._numbers[letter] += 1
        return f"{letter}{self._prefix}-{self._numbers[letter]}"

    # -- claims -------------------------------------------------------------------------------------

    def claim(
        self,
        day: date,
        diagnoses: Iterable[str | None],
        *,
        form: str | None = None,
        code_type: str | None = NOT_STATED,
        claim_id: str | None = None,
    ) -> Claim:
        """A claim without lines. A None among the diagnoses leaves its rank out."""
        form = form or self.rng.choices((LONG, WIDE, BOTH), (7, 3, 1))[0]
        if form != LONG:
            self.saw(f"diagnoses_{form}")
        claim = Claim(claim_id or self.new_id("C"), day, form=form)
        stated = self.chance(0.3)
        named = self.member_id if self.chance(0.3) else None
        for rank, code in enumerate(diagnoses, start=1):
            if code is None:
                continue
            kept_type = (icd_version(code) if stated else None) if code_type == NOT_STATED else code_type
            claim.diagnoses.append(
                {
                    "claim_id": claim.claim_id,
                    "member_id": named,
                    "diagnosis_rank": str(rank),
                    "diagnosis_code": code,
                    "diagnosis_code_type": kept_type,
                    "present_on_admit_code": None,
                }
            )
        self.claims.append(claim)
        return claim

    def line(self, claim: Claim, hcpcs: str | None, day: date | None = None, **columns: str | None) -> Row:
        """A line of the claim; header columns are taken over from its first line."""
        rng = self.rng
        service_day = day or claim.day
        cents = rng.choice((0, 4500, 8750, 12000, 100000, 1234567)) if rng.random() < 0.7 else rng.randrange(1, 99999)
        number = max((int(line["claim_line_number"] or 0) for line in claim.lines), default=0) + 1
        row: Row = {
            "claim_id": claim.claim_id,
            "claim_line_number": str(number),
            "claim_type": "professional",
            "member_id": self.member_id,
            "claim_line_start_date": text_day(service_day),
            "claim_line_end_date": text_day(service_day) if rng.random() < 0.7 else None,
            "claim_start_date": text_day(claim.day) if rng.random() < 0.85 else None,
            "claim_end_date": text_day(claim.day) if rng.random() < 0.6 else None,
            "line_of_business": self.line_of_business,
            "hcpcs_code": hcpcs,
            "service_unit_quantity": "1",
            "paid_date": text_day(service_day + days(rng.randrange(3, 40))),
            "paid_amount": text_amount(cents),
            "allowed_amount": text_amount(cents * 5 // 4) if rng.random() < 0.8 else None,
            "claim_status": "paid" if rng.random() < 0.7 else None,
        }
        if claim.lines:
            head = claim.lines[0]
            for column in (
                "claim_type",
                "claim_start_date",
                "claim_end_date",
                "bill_type_code",
                "claim_frequency_code",
                "original_claim_id",
                "condition_codes",
                "clinical_trial_number",
                "prior_authorization_number",
                "paid_date",
                "claim_status",
            ):
                row[column] = head.get(column)
        row.update(columns)
        claim.lines.append(row)
        return row

    def visit(self, day: date, hcpcs: str, diagnoses: Iterable[str | None], **columns: str | None) -> Claim:
        """A professional claim of one line."""
        claim = self.claim(day, diagnoses)
        columns.setdefault("diagnosis_pointer", self.rng.choice((None, "1", "A")))
        self.line(claim, hcpcs, day, **columns)
        return claim

    def procedure(self, claim: Claim, code: str, day: date | None, code_type: str | None) -> Row:
        row: Row = {
            "claim_id": claim.claim_id,
            "member_id": self.member_id if self.chance(0.3) else None,
            "procedure_rank": str(len(claim.procedures) + 1),
            "procedure_code": code,
            "procedure_code_type": code_type,
            "procedure_date": text_day(day),
        }
        claim.procedures.append(row)
        return row

    def set_header(self, claim: Claim, **columns: str | None) -> None:
        for line in claim.lines:
            line.update(columns)

    def copy_claim(self, claim: Claim, *, claim_id: str | None = None, **columns: str | None) -> Claim:
        """The same content under a new claim id, as a resubmission would carry it."""
        new_id = claim_id or self.new_id("C")
        copy = Claim(
            new_id,
            claim.day,
            [{**line, "claim_id": new_id, **columns} for line in claim.lines],
            [{**row, "claim_id": new_id} for row in claim.diagnoses],
            [{**row, "claim_id": new_id} for row in claim.procedures],
            claim.form,
        )
        self.claims.append(copy)
        return copy

    # -- the other tables ---------------------------------------------------------------------------

    def fill(self, day: date, days_supply: int, **columns: str | None) -> Row:
        row: Row = {
            "claim_id": self.new_id("P"),
            "claim_line_number": self.rng.choice(("1", None)),
            "member_id": self.member_id,
            "dispensing_date": text_day(day),
            "ndc_code": None,
            "rxnorm_code": None,
            "atc_code": None,
            "generic_name": None,
            "quantity": str(abs(days_supply) * 2),
            "days_supply": str(days_supply),
            "paid_amount": text_amount(self.rng.randrange(0, 20000)),
            "claim_status": self.rng.choice(("paid", None)),
        }
        row.update(columns)
        self.fills.append(row)
        return row

    def span(self, start: date | str, end: date | str | None, **columns: str | None) -> Row:
        row: Row = {
            "member_id": self.member_id,
            "enrollment_start_date": start if isinstance(start, str) else text_day(start),
            "enrollment_end_date": end if isinstance(end, str) else text_day(end),
            "line_of_business": self.line_of_business,
            "payer": None,
            "plan": None,
            "has_pharmacy_benefit": self.rng.choice(("true", None)),
            "birth_date": "1961-04-17" if self.chance(0.5) else None,
            "gender": self.gender,
            "state": None,
        }
        row.update(columns)
        self.spans.append(row)
        return row

    def authorization(self, decision: str, **columns: str | None) -> Row:
        row: Row = {
            "authorization_id": self.new_id("A"),
            "member_id": self.member_id,
            "decision": decision,
            "hcpcs_code": None,
            "decision_date": text_day(self.anchor - days(20)),
            "valid_from": None,
            "valid_to": None,
        }
        row.update(columns)
        self.authorizations.append(row)
        return row

    def statement(self, modality: str, outcome: str, **columns: str | None) -> Row:
        """A complete failure statement, unless columns say otherwise."""
        written = self.anchor - days(self.rng.randrange(1, 200))
        row: Row = {
            "document_id": self.new_id("D"),
            "member_id": self.member_id,
            "modality": modality,
            "outcome": outcome,
            "document_date": text_day(written),
            "start_date": text_day(written - days(90)),
            "end_date": text_day(written - days(5)),
            "visit_count": "8",
            "author_role": "physiotherapist",
            "source_type": "clinical_note",
            "source_reference": None,
        }
        row.update(columns)
        self.statements.append(row)
        return row

    # -- what is delivered --------------------------------------------------------------------------

    def tables(self, *, spelling_share: float, long_form_delivered: bool = True) -> dict[str, list[Row]]:
        """The member's rows by table, in an order that means nothing, with spellings varied."""
        tables: dict[str, list[Row]] = {
            "medical_claim": [],
            "claim_diagnosis": [],
            "claim_procedure": [],
            "pharmacy_claim": list(self.fills),
            "eligibility": list(self.spans),
            "prior_authorization": list(self.authorizations),
            "care_documentation": list(self.statements),
            "member_crosswalk": list(self.previous),
        }
        for claim in self.claims:
            form = claim.form if long_form_delivered else WIDE
            wide = _wide_columns(claim) if form != LONG else {}
            tables["medical_claim"] += [{**wide, **line} for line in claim.lines]
            tables["claim_diagnosis"] += claim.diagnoses if form != WIDE else []
            tables["claim_procedure"] += claim.procedures
        for table, spoiled in self.spoiled:
            tables[table].append(spoiled)
        for rows in tables.values():
            rows[:] = [self._spelled(row, spelling_share) for row in rows]
            self.rng.shuffle(rows)
        return tables

    def _spelled(self, row: Row, share: float) -> Row:
        spelled = spell_row(self.rng, row, share)
        if not self.odd_share:
            return spelled
        oddly, told = spell_oddly(self.rng, spelled, self.odd_share)
        for name in told:
            self.saw(f"odd_{name}")
        return oddly


def _wide_columns(claim: Claim) -> Row:
    """Diagnoses as columns of the line. Blank type where the claim's diagnoses do not share one."""
    final: dict[str, Row] = {row["diagnosis_rank"] or "": row for row in claim.diagnoses}
    types = {row["diagnosis_code_type"] for row in final.values()}
    shared = types.pop() if len(types) == 1 else None
    wide: Row = {"diagnosis_code_type": shared if shared in DIAGNOSIS_SYSTEMS else None}
    for rank, row in final.items():
        if rank.isdigit() and 1 <= int(rank) <= 25:
            wide[f"diagnosis_code_{int(rank)}"] = row["diagnosis_code"]
    return wide
