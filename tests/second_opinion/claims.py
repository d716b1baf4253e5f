"""Final state of claims, and what stands on a claim, for the second opinion (docs/rule.md 1, 2)."""

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
    from collections.abc import Iterable, Mapping, Sequence

    from tests.second_opinion.reading import (
        DiagnosisRow,
        Intake,
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
    """A procedure row of a claim, dated by itself, else by the claim date (docs/rule.md 1)."""

    rank: int
    system: str
    code: str
    on: date


@dataclass
class Claim:
    """One (`member_id`, `claim_id`) with its final lines that are no total lines.

    `counting` lines bring dollars, the `standing` ones among them everything else (docs/rule.md 2.7): credits and the
    lines they took do not stand. Both are empty where the claim does not count. `has_unowned_diagnosis` is said of a
    shared claim number (docs/rule.md 1).
    """

    member_id: str
    claim_id: str
    lines: list[Line]
    counting: list[Line] = field(default_factory=list)
    standing: list[Line] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    has_unowned_diagnosis: bool = False

    @property
    def dating(self) -> list[Line]:
        """Return the lines that date it: those that stand, or all counting ones where none does (docs/rule.md 2.7)."""
        return self.standing or self.counting

    @property
    def on(self) -> date:
        """Return the claim date: earliest claim start of its counting lines, else line start (docs/rule.md 1.3)."""
        starts = [line.claim_start for line in self.dating if line.claim_start is not None]
        return min(starts) if starts else min(line.start for line in self.dating)

    @property
    def coded_on(self) -> date:
        """Return the day its diagnoses must be valid on: latest claim end, else the claim date (docs/rule.md 1.3)."""
        ends = [line.claim_end for line in self.dating if line.claim_end is not None]
        return max(ends) if ends else self.on

    @property
    def is_institutional(self) -> bool:
        """Tell whether a counting line is institutional (the type of its procedure rows)."""
        return any(line.claim_type == "institutional" for line in self.dating)

    def has_pending_line(self) -> bool:
        """Tell whether a counting line is pending (docs/rule.md 2.4)."""
        return any(line.status == "pending" for line in self.counting)

    def diagnosis_rows(self, value_set: CodeSet) -> list[CodeRow]:
        """Return the value set rows its diagnoses match, validity judged (docs/rule.md 1)."""
        return [
            row
            for each in self.diagnoses
            for row in rows_for_diagnosis(value_set, each.system, each.code, self.coded_on)
        ]

    def low_back_rows(self, sets: ValueSets) -> list[CodeRow]:
        """Return the rows of `diagnoses_low_back_pain` its diagnoses match, whatever the date (docs/rule.md 1)."""
        return [
            row
            for each in self.diagnoses
            for row in rows_for_diagnosis(sets.diagnoses_low_back_pain, each.system, each.code, None)
        ]

    def has_back_code(self, sets: ValueSets) -> bool:
        """Tell whether it carries a low back pain row that is no pain label (docs/rule.md 1)."""
        return any(row.word("specificity") != "pain_label" for row in self.low_back_rows(sets))

    def procedure_matches(self, value_set: CodeSet) -> list[tuple[date, CodeRow]]:
        """Return (date, row) for every counting line and procedure row that matches a value set (docs/rule.md 1)."""
        found = [
            (line.start, row) for line in self.standing for row in rows_for_hcpcs(value_set, line.hcpcs, line.start)
        ]
        found += [
            (each.on, row)
            for each in self.procedures
            for row in rows_for_procedure(value_set, each.system, each.code, each.on)
        ]
        return found


# --- Deliveries, versions and whose rows they are (docs/contract.md 1, docs/rule.md 1, 2.2) -------


def first_deliveries_in_force(lines: Sequence[Line], intake: Intake) -> dict[tuple[str, str], int]:
    """Return by claim the delivery before which its rows are gone, 0 where none are (docs/contract.md 1).

    With `redelivered_claims = "whole"` it is the last delivery that holds a line of it. A full refresh that lacks a
    claim whose line start dates all lie in its period takes away what came before.
    """
    found: dict[tuple[str, str], int] = {}
    by_claim: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_claim.setdefault((line.member_id, line.claim_id), []).append(line)
    for claim, own in by_claim.items():
        holding = {line.position[0] for line in own}
        since = max(holding) if intake.redelivered_claims == "whole" else 0
        for delivery, (first, last) in (intake.full_deliveries or {}).items():
            before = [line for line in own if line.position[0] < delivery]
            if before and delivery not in holding and all(first <= line.start <= last for line in before):
                since = max(since, delivery)
        found[claim] = since
    return found


def shared_claim_ids(lines: Iterable[Line]) -> set[str]:
    """Return the claim_ids that stand under two members or more in all lines loaded (docs/rule.md 1)."""
    owners: dict[str, set[str]] = {}
    for line in lines:
        owners.setdefault(line.claim_id, set()).add(line.member_id)
    return {claim_id for claim_id, members in owners.items() if len(members) > 1}


def final_lines(lines: Iterable[Line]) -> list[Line]:
    """Return the last version of every line: by paid date (missing first), delivery, file, row (docs/rule.md 2.2)."""
    last: dict[tuple[str, str, str], Line] = {}
    for line in sorted(lines, key=lambda each: (each.paid_date or date.min, each.position)):
        last[line.member_id, line.claim_id, line.line_number] = line
    return list(last.values())


@dataclass(frozen=True)
class ClaimDiagnoses:
    """The diagnoses of one member's claim: rank -> (delivered type, code), and whether one belongs to nobody."""

    by_rank: dict[int, tuple[str, str]]
    has_unowned: bool


def final_diagnoses(
    rows: Iterable[DiagnosisRow], lines: Sequence[Line], member_id: str, *, is_shared: bool
) -> ClaimDiagnoses:
    """Return the diagnoses of one claim, from the long rows of its claim_id and from the member's own final lines.

    The last delivered of a rank wins (docs/rule.md 2.2). A later blank code of the long form empties its rank; a blank
    of the wide form names nothing. Of a shared claim number a row without member belongs to nobody, unless the member's
    own row of its rank came later (docs/rule.md 1).
    """
    named: list[tuple[Position, int, str, str]] = [
        (line.position, place, line.wide_type, code) for line in lines for place, code in line.wide_diagnoses
    ]
    unowned: list[DiagnosisRow] = []
    for row in rows:
        if row.member_id == member_id or (not row.member_id and not is_shared):
            named.append((row.position, row.rank, row.system, row.code))
        elif not row.member_id and row.code:
            unowned.append(row)
    last: dict[int, Position] = {}
    by_rank: dict[int, tuple[str, str]] = {}
    for position, place, system, code in sorted(named):
        last[place] = position
        by_rank[place] = (system, code)
    has_unowned = any(row.rank not in last or last[row.rank] < row.position for row in unowned)
    return ClaimDiagnoses(by_rank, has_unowned)


def final_procedures(rows: Iterable[ProcedureRow], lines: Sequence[Line], member_id: str) -> dict[int, ProcedureRow]:
    """Return the procedures of one claim by rank, the last delivered; without member: everybody's (docs/rule.md 1.2).

    A blank code of the long form empties its rank; a blank in the columns of a line names nothing.
    """
    own = [row for row in rows if row.member_id in ("", member_id)]
    own += [row for line in lines for row in line.wide_procedures]
    return {row.rank: row for row in sorted(own, key=lambda each: (each.position, each.rank))}


# --- Lines that repeat a sum, lines taken back (docs/rule.md 2.6, 2.7) ---------------------------------


def _by_number(line: Line) -> tuple[int, bytes]:
    """Return what orders the lines of a claim: their numbers, by length, then bytes."""
    return len(line.line_number), line.line_number.encode()


def _is_total(line: Line) -> bool:
    """Tell whether a line repeats the sum of its claim (docs/rule.md 2.6)."""
    return line.claim_type == "institutional" and line.revenue_code == "0001" and not line.hcpcs


def without_total_lines(lines: Sequence[Line]) -> list[Line]:
    """Return final lines of a claim without total lines; of total lines alone the first stays (docs/rule.md 2.6)."""
    return [line for line in lines if not _is_total(line)] or [min(lines, key=_by_number)]


def _is_credit(line: Line) -> bool:
    return (line.paid is not None and line.paid < 0) or (line.units is not None and line.units < 0)


def _takes_out(credit: Line, line: Line) -> bool:
    """Tell whether a credit is of the same service and of the opposite amount, or units where no amount is told."""
    same = (line.hcpcs, line.revenue_code, line.start) == (credit.hcpcs, credit.revenue_code, credit.start)
    if not same:
        return False
    if credit.paid:
        return line.paid == -credit.paid
    by_units = credit.units is not None and line.units is not None and line.units == -credit.units
    return line.paid == credit.paid and by_units


def standing_lines(counting: Sequence[Line]) -> list[Line]:
    """Return the counting lines without credits and without the lines they take out (docs/rule.md 2.7)."""
    ordered = sorted(counting, key=_by_number)
    gone = {id(line) for line in ordered if _is_credit(line)}
    for credit in [line for line in ordered if _is_credit(line)]:
        for line in ordered:
            if id(line) not in gone and _takes_out(credit, line):
                gone.add(id(line))
                break
    return [line for line in counting if id(line) not in gone]


# --- Replacements, voids, reversals (docs/rule.md 2.3, 2.4, 2.5) ------------------------------------------


def _line_frequency(line: Line) -> str:
    """Return a line's frequency code, or where it is blank the 7 or 8 that ends its bill type (docs/rule.md 2.3)."""
    from_bill_type = line.claim_type == "institutional" and line.bill_type.endswith((REPLACES, VOIDS))
    return line.bill_type[-1] if not line.frequency and from_bill_type else line.frequency


def _frequency(claim: Claim) -> str:
    """Return 8 if a final line says so, else 7 if one does, else blank."""
    said = {_line_frequency(line) for line in claim.lines}
    return VOIDS if VOIDS in said else REPLACES if REPLACES in said else ""


def _originals(claim: Claim, claims: dict[str, Claim]) -> set[str]:
    """Return the claims it names as original: not itself, and in the data of the same member (docs/rule.md 2.3)."""
    frequency = _frequency(claim)
    return {
        line.original_claim_id
        for line in claim.lines
        if frequency
        and _line_frequency(line) == frequency
        and line.original_claim_id in claims
        and line.original_claim_id != claim.claim_id
    }


def _acts(claim: Claim) -> bool:
    """Tell whether a 7 or 8 does anything: not all lines denied, not pending without a paid line (docs/rule.md 2.3)."""
    statuses = {line.status for line in claim.lines}
    return statuses != {"denied"} and not _is_held(claim)


def _is_held(claim: Claim) -> bool:
    """Tell whether a claim has a pending line and no paid line (docs/rule.md 2.3)."""
    statuses = {line.status for line in claim.lines}
    return "pending" in statuses and "paid" not in statuses


def _is_reversed(claim: Claim) -> bool:
    """Tell whether its final paid lines sum to zero or less and hold a negative amount (docs/rule.md 2.5).

    A sum that holds an amount nobody sent is not known.
    """
    told = [line.paid for line in claim.lines if line.status == "paid"]
    amounts = [amount for amount in told if amount is not None]
    known = len(amounts) == len(told)
    return known and sum(amounts, Decimal(0)) <= 0 and any(amount < 0 for amount in amounts)


def _chain(claim: Claim, claims: dict[str, Claim]) -> set[str]:
    """Return all that a replacement replaces: its originals, and theirs while they are 7s (docs/rule.md 2.3)."""
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
    """Return what orders two live replacements: latest paid date (missing first), then claim_id (docs/rule.md 2.3)."""
    return max(line.paid_date or date.min for line in claim.lines), claim.claim_id


def counting_claim_ids(claims: dict[str, Claim]) -> set[str]:
    """Return the claim_ids of one member whose claims count; denied and reversed lines still do not (docs/rule.md 2).

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
    """Return a delivered type, or where it is blank ICD-10 from its first day on, else ICD-9 (docs/rule.md 1)."""
    if system:
        return system
    return names[0] if on >= since else names[1]


@dataclass(frozen=True)
class LongRows:
    """Rows of `claim_diagnosis` and `claim_procedure` by claim_id, and what is known of all claims."""

    diagnoses: Mapping[str, list[DiagnosisRow]]
    procedures: Mapping[str, list[ProcedureRow]]
    shared: set[str]
    in_force_since: Mapping[tuple[str, str], int]

    def of(self, member_id: str, claim_id: str) -> tuple[list[DiagnosisRow], list[ProcedureRow]]:
        """Return the rows of a claim_id that are not gone for a member's claim."""
        since = self.in_force_since[member_id, claim_id]
        return (
            [row for row in self.diagnoses.get(claim_id, []) if row.position[0] >= since],
            [row for row in self.procedures.get(claim_id, []) if row.position[0] >= since],
        )


def final_claims(lines: list[Line], long_rows: LongRows, icd_10_from: date) -> list[Claim]:
    """Return one member's counting claims from its final lines, each with its diagnoses and procedure rows."""
    by_claim: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda each: (each.claim_id, each.line_number)):
        by_claim.setdefault(line.claim_id, []).append(line)
    claims = {
        claim_id: Claim(own[0].member_id, claim_id, without_total_lines(own)) for claim_id, own in by_claim.items()
    }
    counting = sorted(counting_claim_ids(claims))
    for claim_id in counting:
        claim = claims[claim_id]
        claim.counting = [line for line in claim.lines if line.status in ("paid", "pending")]
        claim.standing = standing_lines(claim.counting)
        _add_codes(claim, by_claim[claim_id], long_rows, icd_10_from)
    return [claims[claim_id] for claim_id in counting]


def _add_codes(claim: Claim, lines: list[Line], long_rows: LongRows, icd_10_from: date) -> None:
    """Give a claim its diagnoses and procedures, from long rows and from the columns of all its final lines."""
    diagnosis_rows, procedure_rows = long_rows.of(claim.member_id, claim.claim_id)
    diagnoses = final_diagnoses(diagnosis_rows, lines, claim.member_id, is_shared=claim.claim_id in long_rows.shared)
    procedures = final_procedures(procedure_rows, lines, claim.member_id)
    claim.has_unowned_diagnosis = diagnoses.has_unowned
    claim.diagnoses = [
        Diagnosis(
            place,
            _settled(system, claim.coded_on, icd_10_from, (ICD_10_CM, ICD_9_CM)),
            code,
        )
        for place, (system, code) in sorted(diagnoses.by_rank.items())
        if code
    ]
    claim.procedures = [
        Procedure(
            place,
            _settled(row.system, claim.coded_on, icd_10_from, (ICD_10_PCS, ICD_9_PCS)),
            row.code,
            row.on or claim.on,
        )
        for place, row in sorted(procedures.items())
        if row.code
    ]
