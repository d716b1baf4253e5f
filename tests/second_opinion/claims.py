"""Final state of claims, and what stands on a claim, for the second opinion (rule.md sections 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.second_opinion.codes import (
    ICD_9_CM,
    ICD_9_PCS,
    ICD_10_CM,
    ICD_10_PCS,
    CodeRow,
    CodeSet,
    ValueSets,
    rows_for_diagnosis,
    rows_for_hcpcs,
    rows_for_procedure,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.second_opinion.reading import (
        DiagnosisRow,
        Line,
        Position,
        ProcedureRow,
    )

REPLACES = "7"
VOIDS = "8"


@dataclass(frozen=True)
class Diagnosis:
    """A diagnosis of a claim: its rank, its code system (blank type settled) and its code."""

    rank: int
    system: str
    code: str


@dataclass(frozen=True)
class Procedure:
    """A procedure row of a claim, dated by itself, else by the claim date (section 1)."""

    rank: int
    system: str
    code: str
    on: date


@dataclass
class Claim:
    """One (`member_id`, `claim_id`) with its final lines; `counting` is empty where it does not count."""

    member_id: str
    claim_id: str
    lines: list[Line]
    counting: list[Line] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)

    @property
    def on(self) -> date:
        """Return the claim date: earliest claim start of its counting lines, else earliest line start (section 1)."""
        starts = [line.claim_start for line in self.counting if line.claim_start is not None]
        return min(starts) if starts else min(line.start for line in self.counting)

    @property
    def coded_on(self) -> date:
        """Return the day its diagnosis codes must be valid on: latest claim end, else the claim date (section 1)."""
        ends = [line.claim_end for line in self.counting if line.claim_end is not None]
        return max(ends) if ends else self.on

    @property
    def is_institutional(self) -> bool:
        """Tell whether a counting line is institutional (the type of its procedure rows)."""
        return any(line.claim_type == "institutional" for line in self.counting)

    def has_pending_line(self) -> bool:
        """Tell whether a counting line is pending (section 2.4)."""
        return any(line.status == "pending" for line in self.counting)

    def diagnosis_rows(self, value_set: CodeSet) -> list[CodeRow]:
        """Return the value set rows its diagnoses match, validity judged (section 1)."""
        return [
            row
            for each in self.diagnoses
            for row in rows_for_diagnosis(value_set, each.system, each.code, self.coded_on)
        ]

    def low_back_rows(self, sets: ValueSets) -> list[CodeRow]:
        """Return the rows of `diagnoses_low_back_pain` its diagnoses match, whatever the date (section 1)."""
        return [
            row
            for each in self.diagnoses
            for row in rows_for_diagnosis(sets.diagnoses_low_back_pain, each.system, each.code, None)
        ]

    def has_back_code(self, sets: ValueSets) -> bool:
        """Tell whether it carries a low back pain row that is no pain label (section 1)."""
        return any(row.word("specificity") != "pain_label" for row in self.low_back_rows(sets))

    def procedure_matches(self, value_set: CodeSet) -> list[tuple[date, CodeRow]]:
        """Return (date, row) for every counting line and procedure row that matches a value set (section 1)."""
        found = [
            (line.start, row) for line in self.counting for row in rows_for_hcpcs(value_set, line.hcpcs, line.start)
        ]
        found += [
            (each.on, row)
            for each in self.procedures
            for row in rows_for_procedure(value_set, each.system, each.code, each.on)
        ]
        return found


# --- Versions (section 2.2) ------------------------------------------------------------------------


def final_lines(lines: Iterable[Line]) -> list[Line]:
    """Return the last version of every line: by paid date (missing first), delivery, file, row (section 2.2)."""
    last: dict[tuple[str, str, str], Line] = {}
    for line in sorted(lines, key=lambda each: (each.paid_date or date.min, each.position)):
        last[line.member_id, line.claim_id, line.line_number] = line
    return list(last.values())


def final_diagnoses(rows: Iterable[DiagnosisRow], lines: Iterable[Line]) -> dict[str, dict[int, tuple[str, str]]]:
    """Return claim_id -> rank -> (delivered type, code): long rows and wide final lines, the last delivered wins.

    Section 2.2, of one member: the lines are his. A later blank code of the long form empties its rank; a blank of the
    wide form names nothing.
    """
    named: list[tuple[Position, str, int, str, str]] = [
        (row.position, row.claim_id, row.rank, row.system, row.code) for row in rows
    ]
    named += [
        (line.position, line.claim_id, place, line.wide_type, code)
        for line in lines
        for place, code in line.wide_diagnoses
    ]
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for _, claim_id, place, system, code in sorted(named):
        found.setdefault(claim_id, {})[place] = (system, code)
    return found


def final_procedures(
    rows: Iterable[ProcedureRow],
) -> dict[str, dict[int, ProcedureRow]]:
    """Return claim_id -> rank -> the last delivered procedure row (section 2.2)."""
    found: dict[str, dict[int, ProcedureRow]] = {}
    for row in sorted(rows, key=lambda each: each.position):
        found.setdefault(row.claim_id, {})[row.rank] = row
    return found


# --- Replacements, voids, reversals (sections 2.3 to 2.5) ------------------------------------------


def _frequency(claim: Claim) -> str:
    """Return 8 if a final line says so, else 7 if one does, else blank."""
    said = {line.frequency for line in claim.lines}
    return VOIDS if VOIDS in said else REPLACES if REPLACES in said else ""


def _originals(claim: Claim, claims: dict[str, Claim]) -> set[str]:
    """Return the claims it names as original: not itself, and in the data of the same member (section 2.3)."""
    frequency = _frequency(claim)
    return {
        line.original_claim_id
        for line in claim.lines
        if frequency
        and line.frequency == frequency
        and line.original_claim_id in claims
        and line.original_claim_id != claim.claim_id
    }


def _acts(claim: Claim) -> bool:
    """Tell whether a 7 or 8 does anything: not all lines denied, not pending without a paid line (section 2.3)."""
    statuses = {line.status for line in claim.lines}
    return statuses != {"denied"} and not _is_held(claim)


def _is_held(claim: Claim) -> bool:
    """Tell whether a claim has a pending line and no paid line (section 2.3)."""
    statuses = {line.status for line in claim.lines}
    return "pending" in statuses and "paid" not in statuses


def _is_reversed(claim: Claim) -> bool:
    """Tell whether its final paid lines sum to zero or less and hold a negative amount (section 2.5)."""
    amounts = [line.paid for line in claim.lines if line.status == "paid"]
    return sum(amounts, Decimal(0)) <= 0 and any(amount < 0 for amount in amounts)


def _chain(claim: Claim, claims: dict[str, Claim]) -> set[str]:
    """Return all that a replacement replaces: its originals, and theirs while they are 7s themselves (section 2.3)."""
    replaced: set[str] = set()
    ahead = sorted(_originals(claim, claims))
    while ahead:
        name = ahead.pop()
        if name in replaced:
            continue
        replaced.add(name)
        if _frequency(claims[name]) == REPLACES:
            ahead += sorted(_originals(claims[name], claims))
    return replaced


def _last_paid(claim: Claim) -> tuple[date, str]:
    """Return what orders two live replacements: latest paid date (missing first), then claim_id (section 2.3)."""
    return max(line.paid_date or date.min for line in claim.lines), claim.claim_id


def counting_claim_ids(claims: dict[str, Claim]) -> set[str]:
    """Return the claim_ids of one member whose claims count; their denied and reversed lines still do not (section 2).

    A held 7 whose original is not in the data stands alone: there is no original that could stay in force.
    """
    replacements = {name for name, claim in claims.items() if _frequency(claim) == REPLACES}
    voids = {name for name, claim in claims.items() if _frequency(claim) == VOIDS}
    chains = {name: _chain(claims[name], claims) for name in replacements}
    rings = {name for name, chain in chains.items() if name in chain}

    replaced = {gone for name in replacements if _acts(claims[name]) for gone in chains[name]}
    voided = {gone for name in voids if _acts(claims[name]) for gone in _originals(claims[name], claims)}

    live = set()
    for name, claim in claims.items():
        counts = any(line.status in ("paid", "pending") for line in claim.lines)
        counts = counts and name not in replaced | voided | voids | rings
        counts = counts and not (name in replacements and chains[name] and _is_held(claim))
        if counts and not _is_reversed(claim):
            live.add(name)

    beaten: set[str] = set()
    for original in claims:
        rivals = sorted(
            (claims[name] for name in live & replacements if original in chains[name]),
            key=_last_paid,
        )
        beaten.update(rival.claim_id for rival in rivals[:-1])
    return live - beaten


# --- Together --------------------------------------------------------------------------------------


def _settled(system: str, on: date, since: date, names: tuple[str, str]) -> str:
    """Return a delivered type, or where it is blank ICD-10 from its first day on, else ICD-9 (section 1)."""
    if system:
        return system
    return names[0] if on >= since else names[1]


def final_claims(
    lines: list[Line],
    diagnoses: dict[str, dict[int, tuple[str, str]]],
    procedures: dict[str, dict[int, ProcedureRow]],
    icd_10_from: date,
) -> list[Claim]:
    """Return one member's counting claims from its final lines, each with its diagnoses and procedure rows."""
    claims: dict[str, Claim] = {}
    for line in sorted(lines, key=lambda each: (each.claim_id, each.line_number)):
        claims.setdefault(line.claim_id, Claim(line.member_id, line.claim_id, [])).lines.append(line)
    found = []
    for claim_id in sorted(counting_claim_ids(claims)):
        claim = claims[claim_id]
        claim.counting = [line for line in claim.lines if line.status in ("paid", "pending")]
        claim.diagnoses = [
            Diagnosis(
                place,
                _settled(system, claim.coded_on, icd_10_from, (ICD_10_CM, ICD_9_CM)),
                code,
            )
            for place, (system, code) in sorted(diagnoses.get(claim_id, {}).items())
            if code
        ]
        claim.procedures = [
            Procedure(
                place,
                _settled(row.system, claim.coded_on, icd_10_from, (ICD_10_PCS, ICD_9_PCS)),
                row.code,
                row.on or claim.on,
            )
            for place, row in sorted(procedures.get(claim_id, {}).items())
            if row.code
        ]
        found.append(claim)
    return found
