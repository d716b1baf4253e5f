"""The care ledger, care groups and failure statements, for the second opinion (docs/rule.md 6, 7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.second_opinion.codes import (
    CodeRow,
    Crosswalk,
    ValueSets,
    drug_row,
    is_oral,
    rows_for_hcpcs,
    rows_for_procedure,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.second_opinion.claims import Claim
    from tests.second_opinion.parameters import Parameters
    from tests.second_opinion.reading import Document, Fill, Line

LINE_GROUPS = (
    "exercise",
    "manipulation",
    "psychological",
    "interdisciplinary",
    "acupuncture",
)
GROUPS = (*LINE_GROUPS, "medication")
FAILURES = ("no_benefit", "inadequate_benefit", "intolerance", "contraindicated")


@dataclass(frozen=True)
class Window:
    """Whole days, both ends in."""

    first: date
    last: date

    def __contains__(self, on: date) -> bool:
        """Tell whether a day lies in the window."""
        return self.first <= on <= self.last


@dataclass(frozen=True)
class LedgerRow:
    """One claim line, procedure row or fill considered; `from_set` names the value set file it matched."""

    care_group: str | None
    on: date
    claim_id: str
    line_number: str | None
    system: str
    code: str
    counts: bool
    source_table: str
    from_set: str
    modality: str
    hours: Decimal = Decimal(0)


# --- Services of claims (docs/rule.md 6) ------------------------------------------------------------------


def line_match(sets: ValueSets, line: Line) -> tuple[str, CodeRow, str] | None:
    """Return (set, row, code) by which a line enters the ledger, or None; a line gives one row (docs/rule.md 6).

    Its HCPCS code in `conservative_care`, then in `not_conservative`; without a HCPCS code its revenue
    code; last a modifier, which only marks and never counts.
    """
    if line.hcpcs:
        for name, value_set in (
            ("conservative_care", sets.conservative_care),
            ("not_conservative", sets.not_conservative),
        ):
            rows = rows_for_hcpcs(value_set, line.hcpcs, line.start)
            if rows:
                return name, rows[0], line.hcpcs
    elif line.revenue_code:
        for row in sets.conservative_care.rows:
            if row.system == "revenue-code" and row.code == line.revenue_code and row.in_force(line.start):
                return "conservative_care", row, line.revenue_code
    for modifier in line.modifiers:
        for row in sets.conservative_care.rows:
            if row.system == "modifier" and row.code == modifier and row.in_force(line.start):
                return "conservative_care", row, modifier
    return None


def _counts(sets: ValueSets, parameters: Parameters, claim: Claim, row: CodeRow) -> bool:
    """Tell whether a row of `conservative_care` counts on this claim (docs/rule.md 6)."""
    if row.word("counts").lower() != "yes" or row.word("care_group") not in LINE_GROUPS:
        return False
    if row.word("care_group") == "acupuncture" and not parameters.acupuncture_counts:
        return False
    needs = row.word("needs_back_diagnosis").lower() == "yes" and parameters.spine_diagnosis_required
    return not needs or claim.has_back_code(sets)


def _hours(row: CodeRow, line: Line) -> Decimal:
    """Return units x hours per unit; units blank or below 1 are 1 (docs/rule.md 6)."""
    units = line.units if line.units is not None and line.units >= 1 else Decimal(1)
    return units * Decimal(row.word("hours_per_unit") or "0")


def claim_services(sets: ValueSets, parameters: Parameters, claims: Iterable[Claim], window: Window) -> list[LedgerRow]:
    """Return the ledger rows of counting lines and procedure rows dated in a window (docs/rule.md 6)."""
    found = []
    for claim in claims:
        for line in claim.standing:
            match = line_match(sets, line) if line.start in window else None
            if match is None:
                continue
            name, row, code = match
            found.append(
                LedgerRow(
                    care_group=row.word("care_group") or None,
                    on=line.start,
                    claim_id=claim.claim_id,
                    line_number=line.line_number,
                    system=row.system,
                    code=code,
                    counts=name == "conservative_care" and _counts(sets, parameters, claim, row),
                    source_table="medical_claim",
                    from_set=name,
                    modality=row.word("modality"),
                    hours=_hours(row, line),
                )
            )
        for each in claim.procedures:
            rows = rows_for_procedure(sets.conservative_care, each.system, each.code, each.on)
            if each.on in window and rows:
                found.append(
                    LedgerRow(
                        care_group=rows[0].word("care_group") or None,
                        on=each.on,
                        claim_id=claim.claim_id,
                        line_number=None,
                        system=rows[0].system,
                        code=each.code,
                        counts=_counts(sets, parameters, claim, rows[0]),
                        source_table="claim_procedure",
                        from_set="conservative_care",
                        modality=rows[0].word("modality"),
                    )
                )
    return found


# --- Fills (docs/rule.md 2, 6) ------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassDay:
    """A class and dispensing date with a positive sum: a service, with its counted days."""

    drug_class: str
    on: date
    days: int


@dataclass
class DrugCare:
    """Fills of a window: ledger rows, services, and net days by class."""

    rows: list[LedgerRow] = field(default_factory=list)
    services: list[ClassDay] = field(default_factory=list)
    net_days: dict[str, int] = field(default_factory=dict)


def fills_in_force(fills: Iterable[Fill]) -> list[Fill]:
    """Return one member's fills: signs settled, denied, reversed left out with what they took back (docs/rule.md 2.8).

    A negative quantity turns positive days into negative ones. A reversed row of positive days takes back one fill of
    its claim and line: of equal days if there is one, then the first delivered. Other negative days stay, for netting.
    """
    delivered = [
        replace(fill, days=-fill.days) if fill.days > 0 and fill.quantity is not None and fill.quantity < 0 else fill
        for fill in sorted(fills, key=lambda each: each.position)
        if fill.status != "denied"
    ]
    reversals = [fill for fill in delivered if fill.status == "reversed" and fill.days > 0]
    kept = [fill for fill in delivered if not any(fill is each for each in reversals)]
    for reversal in reversals:
        open_fills = [
            fill
            for fill in kept
            if (fill.claim_id, fill.line_number) == (reversal.claim_id, reversal.line_number)
            and fill.status != "reversed"
            and fill.days > 0
        ]
        of_equal_days = [fill for fill in open_fills if fill.days == reversal.days]
        for taken in (of_equal_days or open_fills)[:1]:
            kept = [fill for fill in kept if fill is not taken]
    return kept


def drug_care(
    sets: ValueSets,
    crosswalk: Crosswalk,
    fills: Iterable[Fill],
    window: Window,
    anchor: date,
) -> DrugCare:
    """Return the drug care of a window, netted by class and dispensing date (docs/rule.md 6)."""
    found = DrugCare()
    matched: list[tuple[Fill, CodeRow]] = []
    for fill in fills:
        row = drug_row(sets, crosswalk, fill.names, fill.dispensed)
        if fill.dispensed in window and row is not None:
            matched.append((fill, row))
    counting = [
        (fill, row.word("drug_class"))
        for fill, row in matched
        if row.word("counts").lower() == "yes" and is_oral(sets, fill.names.generic_name)
    ]

    sums: dict[tuple[str, date], int] = {}
    for fill, drug_class in counting:
        sums[drug_class, fill.dispensed] = sums.get((drug_class, fill.dispensed), 0) + fill.days
    for drug_class in sorted({name for name, _ in sums}):
        days = [
            ClassDay(drug_class, on, min(total, (anchor - on).days))
            for (name, on), total in sorted(sums.items())
            if name == drug_class and total > 0
        ]
        returned = sum(-total for (name, _), total in sums.items() if name == drug_class and total < 0)
        net = sum(each.days for each in days) - returned
        found.net_days[drug_class] = max(net, 0)
        if net > 0:
            found.services += days

    service_days = {(each.drug_class, each.on) for each in found.services}
    counting_fills = {id(fill) for fill, name in counting if fill.days > 0 and (name, fill.dispensed) in service_days}
    found.rows = [
        LedgerRow(
            care_group="medication",
            on=fill.dispensed,
            claim_id=fill.claim_id,
            line_number=fill.line_number or None,
            system=row.system,
            code=row.code,
            counts=id(fill) in counting_fills,
            source_table="pharmacy_claim",
            from_set="medications",
            modality="",
        )
        for fill, row in matched
    ]
    return found


# --- Failure statements (docs/rule.md 7) ------------------------------------------------------------------


def statement_group(sets: ValueSets, parameters: Parameters, document: Document, anchor: date) -> str | None:
    """Return the group of a valid failure statement, or None where the statement is incomplete (docs/rule.md 7)."""
    group = sets.documentation_modalities.get(document.modality)
    oldest = anchor - timedelta(days=parameters.statement_max_age_days)
    if group is None or document.outcome not in FAILURES:
        return None
    if document.document_date is None or not oldest <= document.document_date <= anchor:
        return None
    if not (document.document_id and document.author_role and document.source_type):
        return None
    if document.outcome == "contraindicated":
        return group
    if document.start is None or document.start > (document.end or document.document_date):
        return None
    if document.end is not None and not oldest <= document.end <= document.document_date:
        return None
    visits = document.visit_count is not None and document.visit_count >= 1
    return group if document.end is not None or visits else None


# --- Groups (docs/rule.md 6) ------------------------------------------------------------------------------


def courses(dates: Iterable[date], max_gap_days: int) -> list[list[date]]:
    """Return runs of distinct dates, neighbours at most `max_gap_days` apart (docs/rule.md 6)."""
    found: list[list[date]] = []
    for on in sorted(set(dates)):
        if found and (on - found[-1][-1]).days <= max_gap_days:
            found[-1].append(on)
        else:
            found.append([on])
    return found


def most_dates_within(dates: Iterable[date], window_days: int) -> int:
    """Return the most distinct dates with last - first at most `window_days` (docs/rule.md 6)."""
    distinct = sorted(set(dates))
    return max(
        (sum(0 <= (other - on).days <= window_days for other in distinct) for on in distinct),
        default=0,
    )


@dataclass(frozen=True)
class GroupState:
    """What a care group comes to in the look-back."""

    group: str
    state: str
    service_count: int
    first_on: date | None
    last_on: date | None
    measure: Decimal
    threshold: Decimal


@dataclass(frozen=True)
class Care:
    """All care of one episode's look-back."""

    ledger: list[LedgerRow]
    groups: dict[str, GroupState]
    span_days: int
    failed_groups: frozenset[str]
    best_course: int
    has_service: bool

    @property
    def adequate(self) -> int:
        """Return how many groups are adequate."""
        return sum(group.state == "adequate" for group in self.groups.values())


@dataclass(frozen=True)
class CareInput:
    """What the care of one episode is judged from."""

    sets: ValueSets
    parameters: Parameters
    anchor: date
    claims: list[Claim]
    fills: list[Fill]
    documents: list[Document]
    crosswalk: Crosswalk
    drugs_visible: bool


def _is_enough(
    group: str, rows: list[LedgerRow], drugs: DrugCare, parameters: Parameters
) -> tuple[bool, Decimal, Decimal]:
    """Return (adequate by services, measure, threshold) of a group (docs/rule.md 6)."""
    dates = sorted({row.on for row in rows})
    if group == "exercise":
        runs = courses(dates, parameters.exercise_max_gap_days)
        enough = any(
            len(run) >= parameters.exercise_min_dates and (run[-1] - run[0]).days >= parameters.exercise_min_span_days
            for run in runs
        )
        return (
            enough,
            Decimal(max(map(len, runs), default=0)),
            Decimal(parameters.exercise_min_dates),
        )
    if group in ("manipulation", "acupuncture"):
        most = most_dates_within(dates, parameters.manipulation_window_days)
        least = parameters.manipulation_min_dates
        return most > 0 and most >= least, Decimal(most), Decimal(least)
    if group == "psychological":
        least = parameters.psychological_min_sessions
        enough = bool(dates) and (dates[-1] - dates[0]).days >= parameters.psychological_min_span_days
        return enough and len(dates) >= least, Decimal(len(dates)), Decimal(least)
    if group == "interdisciplinary":
        cap = Decimal(parameters.interdisciplinary_max_hours_per_day)
        hours = Decimal(0)
        for on in dates:
            hours += min(cap, sum((row.hours for row in rows if row.on == on), Decimal(0)))
        needed = Decimal(parameters.interdisciplinary_min_hours)
        return bool(dates) and hours >= needed, hours, needed
    classes = sum(0 < days >= parameters.medication_min_days for days in drugs.net_days.values())
    least = parameters.medication_min_classes
    return 0 < classes >= least, Decimal(classes), Decimal(least)


def _statement_days(document: Document, lookback: Window) -> list[date]:
    """Return first and last day of the part of a statement inside the look-back (docs/rule.md 6, Span)."""
    if document.start is None:
        return []
    first = max(document.start, lookback.first)
    last = min(document.end or document.start, lookback.last)
    return [first, last] if first <= last else []


def judge_care(given: CareInput) -> Care:
    """Return ledger, group states and span of one episode (docs/rule.md 6, 7, 8)."""
    parameters, anchor = given.parameters, given.anchor
    lookback = Window(anchor - timedelta(days=parameters.lookback_days), anchor - timedelta(days=1))
    line_rows = claim_services(given.sets, parameters, given.claims, lookback)
    drugs = drug_care(given.sets, given.crosswalk, given.fills, lookback, anchor)
    statements = [
        (group, document)
        for document in given.documents
        if (group := statement_group(given.sets, parameters, document, anchor)) is not None
    ]
    failed = frozenset(group for group, _ in statements)

    groups = {}
    for group in GROUPS:
        rows = [row for row in line_rows if row.counts and row.care_group == group]
        dates = [each.on for each in drugs.services] if group == "medication" else [row.on for row in rows]
        enough, measure, threshold = _is_enough(group, rows, drugs, parameters)
        if enough or group in failed:
            state = "adequate"
        elif group == "medication" and not given.drugs_visible:
            state = "unknown"
        else:
            state = "short" if dates else "none"
        groups[group] = GroupState(
            group,
            state,
            len(dates),
            min(dates, default=None),
            max(dates, default=None),
            measure,
            threshold,
        )

    days = [row.on for row in line_rows if row.counts]
    for each in drugs.services:
        days += [each.on, each.on + timedelta(days=each.days - 1)]
    has_service = bool(days)
    for _, document in statements:
        days += _statement_days(document, lookback)
    return Care(
        ledger=line_rows + drugs.rows,
        groups=groups,
        span_days=(max(days) - min(days)).days if days else 0,
        failed_groups=failed,
        best_course=int(groups["exercise"].measure),
        has_service=has_service,
    )


def has_earlier_care(given: CareInput) -> bool:
    """Tell whether something would count in [anchor - history_days, anchor - lookback_days - 1] (docs/rule.md 8)."""
    parameters, anchor = given.parameters, given.anchor
    window = Window(
        anchor - timedelta(days=parameters.history_days),
        anchor - timedelta(days=parameters.lookback_days + 1),
    )
    rows = claim_services(given.sets, parameters, given.claims, window)
    drugs = drug_care(given.sets, given.crosswalk, given.fills, window, anchor)
    return any(row.counts for row in rows) or bool(drugs.services)
