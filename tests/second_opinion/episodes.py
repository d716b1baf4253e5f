"""Index lines, events and episodes of one member, for the second opinion (docs/rule.md 3, 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.second_opinion.codes import (
    CodeRow,
    ValueSets,
    rows_for_diagnosis,
    rows_for_hcpcs,
    rows_for_procedure,
    trimmed,
    without_point_zero,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.second_opinion.claims import Claim, Diagnosis
    from tests.second_opinion.parameters import Parameters
    from tests.second_opinion.reading import Line

LEAD_ROLES = ("trial_or_lead", "paddle_lead", "pns_lead", "one_piece")
GENERATOR_ROLES = ("generator", "one_piece")
STOPPED_MODIFIERS = ("53", "73", "74")
INTERIM = ("2", "3", "4")


# --- Billed diagnoses (docs/rule.md 4) --------------------------------------------------------------------


def pointed_ranks(pointer: str) -> list[int]:
    """Return the ranks a diagnosis pointer names: numbers parted by `:` or `,`, or letters A-L (docs/rule.md 4)."""
    ranks = []
    for part in re.split(r"[:,]", pointer.upper()):
        number = without_point_zero(trimmed(part))
        if re.fullmatch(r"\d+", number, re.ASCII):
            ranks.append(int(number))
        elif re.fullmatch(r"[A-Z\s]+", part, re.ASCII):
            ranks += [ord(letter) - ord("A") + 1 for letter in part if "A" <= letter <= "L"]
    return ranks


def is_pain_label(sets: ValueSets, each: Diagnosis) -> bool:
    """Tell whether a diagnosis is a pain label, whatever the date (docs/rule.md 1, 4)."""
    rows = rows_for_diagnosis(sets.diagnoses_low_back_pain, each.system, each.code, None)
    return any(row.word("specificity") == "pain_label" for row in rows)


def is_unspecified(sets: ValueSets, each: Diagnosis, parameters: Parameters) -> bool:
    """Tell whether a diagnosis is in `lbp_unspecified` as the policy draws it (docs/rule.md 4)."""
    wanted = ("unspecified", "other_lbp") if parameters.include_other_low_back_pain else ("unspecified",)
    return any(
        row.value_set == "lbp_unspecified" and row.word("specificity") in wanted
        for row in rows_for_diagnosis(sets.diagnoses_low_back_pain, each.system, each.code, None)
    )


def billed_diagnoses(sets: ValueSets, claim: Claim, line: Line | None) -> list[Diagnosis]:
    """Return the billed diagnoses of an index line; `line` None for a procedure row (docs/rule.md 4)."""
    reasons = [each for each in claim.diagnoses if not is_pain_label(sets, each)]
    institutional = claim.is_institutional if line is None else line.claim_type == "institutional"
    if institutional:
        found = reasons[:1]
    elif line is not None:
        ranks = pointed_ranks(line.pointer)
        found = [each for each in reasons if each.rank in ranks]
    else:
        found = []
    return found or reasons or claim.diagnoses


# --- Index lines and events (docs/rule.md 3) --------------------------------------------------------------


@dataclass(frozen=True)
class IndexLine:
    """One index line: a claim line, or a procedure row where `line` is None."""

    claim_id: str
    on: date
    code: str
    roles: frozenset[str]
    line: Line | None
    billed: tuple[Diagnosis, ...]


@dataclass
class Event:
    """Index lines within `same_surgery_days` of the first."""

    index_lines: list[IndexLine]
    index_claims: list[Claim] = field(default_factory=list)
    companions: list[Claim] = field(default_factory=list)
    owned: list[Claim] = field(default_factory=list)
    counted_from: date = date.min
    is_initial: bool = False

    @property
    def on(self) -> date:
        """Return the event's date: that of its first index line."""
        return self.index_lines[0].on

    def has_role(self, roles: Iterable[str]) -> bool:
        """Tell whether an index line has one of the roles."""
        return any(line.roles & set(roles) for line in self.index_lines)

    @property
    def kind(self) -> str:
        """Return `permanent` with a generator, else `trial`."""
        return "permanent" if self.has_role(GENERATOR_ROLES) else "trial"

    @property
    def is_aborted(self) -> bool:
        """Tell whether there is a claim line among the index lines and each one carries 53, 73 or 74."""
        lines = [each.line for each in self.index_lines if each.line is not None]
        return bool(lines) and all(set(line.modifiers) & set(STOPPED_MODIFIERS) for line in lines)

    @property
    def tested(self) -> list[Claim]:
        """Return the claims its tests read: its index claims, lost ones too, and the companions that are its own."""
        owned = [claim for claim in self.companions if any(claim is mine for mine in self.owned)]
        return self.index_claims + owned


def _is_interim(line: Line) -> bool:
    """Tell whether a line is of an interim bill (docs/rule.md 3, Event dollars)."""
    return line.claim_type == "institutional" and (line.frequency in INTERIM or line.bill_type.endswith(INTERIM))


def dollar_lines(owned: list[Claim]) -> tuple[list[Line], bool]:
    """Return the lines that bring an event's dollars, and whether interim bills repeat some (docs/rule.md 3).

    Lines of different interim bills that agree count as often as in the bill that holds most of them, its lines.
    """
    found: list[Line] = []
    alike: dict[tuple[object, ...], dict[str, list[Line]]] = {}
    for claim in sorted(owned, key=lambda each: (each.on, each.claim_id)):
        for line in claim.counting:
            if _is_interim(line):
                key = (line.revenue_code, line.hcpcs, line.start, line.units, line.paid)
                alike.setdefault(key, {}).setdefault(claim.claim_id, []).append(line)
            else:
                found.append(line)
    for by_bill in alike.values():
        longest = max(by_bill.values(), key=len)
        found += longest
    return found, any(len(by_bill) > 1 for by_bill in alike.values())


def _opening(
    sets: ValueSets,
    parameters: Parameters,
    claim: Claim,
    rows: list[CodeRow],
    billed: list[Diagnosis],
) -> list[CodeRow]:
    """Return the rows that open an event, given the billed diagnoses of the line.

    Where a diagnosis of a shared claim number belongs to nobody, low back pain is taken to be billed.
    """
    back = claim.has_unowned_diagnosis or any(is_unspecified(sets, each, parameters) for each in billed)
    return [
        row
        for row in rows
        if row.word("opens_event") == "yes" or (row.word("opens_event") == "with_low_back_pain_diagnosis" and back)
    ]


def index_lines(sets: ValueSets, parameters: Parameters, claims: list[Claim]) -> list[IndexLine]:
    """Return one member's index lines by date (docs/rule.md 3); low back pain is drawn as the default policy does."""
    found = []
    for claim in claims:
        for line in claim.standing:
            rows = rows_for_hcpcs(sets.index_procedures, line.hcpcs, line.start)
            billed = billed_diagnoses(sets, claim, line) if rows else []
            roles = frozenset(row.word("role") for row in _opening(sets, parameters, claim, rows, billed))
            if roles:
                found.append(
                    IndexLine(
                        claim.claim_id,
                        line.start,
                        line.hcpcs,
                        roles,
                        line,
                        tuple(billed),
                    )
                )
        for each in claim.procedures if claim.standing else []:
            rows = rows_for_procedure(sets.index_procedures, each.system, each.code, each.on)
            billed = billed_diagnoses(sets, claim, None) if rows else []
            roles = frozenset(row.word("role") for row in _opening(sets, parameters, claim, rows, billed))
            if roles:
                found.append(IndexLine(claim.claim_id, each.on, each.code, roles, None, tuple(billed)))
    return sorted(found, key=lambda each: (each.on, each.claim_id, each.code))


def events_of(sets: ValueSets, parameters: Parameters, claims: list[Claim]) -> list[Event]:
    """Return one member's events by date, with their claims; T and initial are settled by `settle_initial`."""
    events: list[Event] = []
    for line in index_lines(sets, parameters, claims):
        if events and line.on <= events[-1].on + timedelta(days=parameters.same_surgery_days):
            events[-1].index_lines.append(line)
        else:
            events.append(Event([line]))
    for event in events:
        names = {line.claim_id for line in event.index_lines}
        event.index_claims = [claim for claim in claims if claim.claim_id in names]
        event.companions = [
            claim for claim in claims if claim.claim_id not in names and _is_companion(sets, parameters, event, claim)
        ]
    for claim in claims:
        owners = [event for event in events if any(claim is each for each in event.index_claims)]
        owners = owners or [event for event in events if any(claim is each for each in event.companions)]
        if owners:
            owners[0].owned.append(claim)
    return events


def _is_companion(sets: ValueSets, parameters: Parameters, event: Event, claim: Claim) -> bool:
    """Tell whether a claim carries an index procedure code, in scope, within the days of the event (docs/rule.md 3)."""
    last = event.on + timedelta(days=parameters.same_surgery_days)
    return any(
        event.on <= on <= last and row.value_set != "not_in_scope_neurostim"
        for on, row in claim.procedure_matches(sets.index_procedures)
    )


# --- Initial or not (docs/rule.md 3) ----------------------------------------------------------------------


def _trials_before(event: Event, events: list[Event], parameters: Parameters) -> list[Event]:
    """Return the non-aborted trials 1 to `trial_link_days` before an event."""
    return [
        other
        for other in events
        if other.kind == "trial"
        and not other.is_aborted
        and 1 <= (event.on - other.on).days <= parameters.trial_link_days
    ]


def _carries_device_history(sets: ValueSets, claim: Claim) -> bool:
    rows = claim.diagnosis_rows(sets.other_indications)
    return any(row.word("indication_class") == "device_history" for row in rows)


def _role_dates(sets: ValueSets, claim: Claim, role: str) -> list[date]:
    return [on for on, row in claim.procedure_matches(sets.index_procedures) if row.word("role") == role]


def _carries_lead(sets: ValueSets, claim: Claim) -> bool:
    return any(
        row.word("role") in LEAD_ROLES and row.value_set != "not_in_scope_neurostim"
        for _, row in claim.procedure_matches(sets.index_procedures)
    )


def settle_initial(sets: ValueSets, parameters: Parameters, claims: list[Claim], events: list[Event]) -> None:
    """Set T and `is_initial` of every event (docs/rule.md 3, Initial or not)."""
    for event in events:
        trials = _trials_before(event, events, parameters)
        event.counted_from = min(trial.on for trial in trials) if trials and event.kind == "permanent" else event.on
        event.is_initial = not _has_history(sets, parameters, claims, events, event)


def _has_history(
    sets: ValueSets,
    parameters: Parameters,
    claims: list[Claim],
    events: list[Event],
    event: Event,
) -> bool:
    begin = event.counted_from
    clean_from = begin - timedelta(days=parameters.clean_period_days)
    implants = [other for other in events if other is not event and other.kind == "permanent" and not other.is_aborted]
    after_a_trial = begin != event.on

    in_clean_period = any(clean_from <= other.on < begin for other in implants)
    in_clean_period |= any(clean_from <= on < begin for claim in claims for on in _role_dates(sets, claim, "revision"))
    in_clean_period |= any(clean_from <= claim.on < begin and _carries_device_history(sets, claim) for claim in claims)

    since_the_trial = any(begin <= other.on < event.on for other in implants)

    on_its_claims = any(_role_dates(sets, claim, "revision") for claim in event.index_claims)
    on_its_claims |= not after_a_trial and any(_carries_device_history(sets, claim) for claim in event.index_claims)

    generator_alone = (
        event.kind == "permanent"
        and not after_a_trial
        and not any(_carries_lead(sets, claim) for claim in event.tested)
    )

    lead_days = {line.on for line in event.index_lines if line.roles & set(LEAD_ROLES)}
    removal_days = {on for claim in event.index_claims for on in _role_dates(sets, claim, "removal")}
    lead_exchange = bool(lead_days & removal_days) and not _trials_before(event, events, parameters)

    return in_clean_period or since_the_trial or on_its_claims or generator_alone or lead_exchange


# --- Episodes (docs/rule.md 3) ----------------------------------------------------------------------------


@dataclass
class Episode:
    """Events told together, by date."""

    member_id: str
    events: list[Event]

    @property
    def anchor(self) -> date:
        """Return the first date of the earliest event."""
        return self.events[0].on

    @property
    def last_on(self) -> date:
        """Return the first date of the last event."""
        return self.events[-1].on

    @property
    def is_aborted(self) -> bool:
        """Tell whether it is that of an aborted event."""
        return self.events[0].is_aborted

    @property
    def is_initial(self) -> bool:
        """Tell whether its events are initial: only initial events are linked or joined."""
        return self.events[0].is_initial

    @property
    def kind(self) -> str:
        """Return `trial_then_permanent`, `trial_only` or `permanent_only`."""
        kinds = {event.kind for event in self.events}
        return "trial_then_permanent" if len(kinds) > 1 else f"{min(kinds)}_only"

    @property
    def index_lines(self) -> list[IndexLine]:
        """Return its index lines."""
        return [line for event in self.events for line in event.index_lines]

    @property
    def owned(self) -> list[Claim]:
        """Return the claims its dollars come from."""
        return [claim for event in self.events for claim in event.owned]

    @property
    def tested(self) -> list[Claim]:
        """Return the claims its tests read, each once."""
        found: list[Claim] = []
        for event in self.events:
            found += [claim for claim in event.tested if not any(claim is each for each in found)]
        return found

    def is_own(self, claim: Claim) -> bool:
        """Tell whether a claim is the episode's own."""
        return any(claim is each for each in self.tested + self.owned)

    def paid(self) -> Decimal | None:
        """Return the paid dollars, None where one is unknown."""
        return _sum(line.paid for event in self.events for line in dollar_lines(event.owned)[0])

    def allowed(self) -> Decimal | None:
        """Return the allowed dollars, None where one is unknown."""
        return _sum(line.allowed for event in self.events for line in dollar_lines(event.owned)[0])

    @property
    def repeats_interim_lines(self) -> bool:
        """Tell whether interim bills of one of its events repeat lines (docs/rule.md 3)."""
        return any(dollar_lines(event.owned)[1] for event in self.events)

    @property
    def is_of_unknown_diagnosis(self) -> bool:
        """Tell whether a diagnosis on a shared claim number of one of its claims belongs to nobody (docs/rule.md 8)."""
        return any(claim.has_unowned_diagnosis for claim in self.tested)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def episodes_of(member_id: str, parameters: Parameters, events: list[Event]) -> list[Episode]:
    """Return one member's episodes by anchor date (docs/rule.md 3, Episode)."""
    linked: dict[int, list[Event]] = {}
    loose_trials: list[Event] = []
    alone: list[Event] = []
    for event in events:
        if event.is_aborted or not event.is_initial:
            alone.append(event)
        elif event.kind == "permanent":
            linked.setdefault(id(event), [])
        else:
            implants = [
                other for other in events if other.kind == "permanent" and not other.is_aborted and other.on > event.on
            ]
            following = implants[0] if implants else None
            if (
                following is not None
                and following.is_initial
                and (following.on - event.on).days <= parameters.trial_link_days
            ):
                linked.setdefault(id(following), []).append(event)
            else:
                loose_trials.append(event)

    groups = [[event] for event in alone]
    groups += [[*linked[id(event)], event] for event in events if id(event) in linked]
    courses: list[list[Event]] = []
    for event in loose_trials:
        if courses and (event.on - courses[-1][0].on).days <= parameters.trial_link_days:
            courses[-1].append(event)
        else:
            courses.append([event])
    episodes = [Episode(member_id, sorted(group, key=lambda each: each.on)) for group in groups + courses]
    return sorted(episodes, key=lambda each: each.anchor)
