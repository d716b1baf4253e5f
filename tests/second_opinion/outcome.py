"""Scope, exclusions, criteria, outcome and notes of one episode, for the second opinion.

docs/rule.md 4, 5, 8, 9, 10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tests.second_opinion.care import Care, Window
from tests.second_opinion.codes import Crosswalk, ValueSets, rows_for_hcpcs
from tests.second_opinion.episodes import Episode, is_pain_label, is_unspecified
from tests.second_opinion.reach import Reach, covered_days, days_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.second_opinion.claims import Claim
    from tests.second_opinion.parameters import Parameters
    from tests.second_opinion.reading import (
        Authorization,
        Document,
        Fill,
        Span,
    )

EXCLUSIONS = (
    "procedure_aborted",
    "not_initial_implant",
    "not_low_back_pain",
    "red_flag",
    "other_indication",
    "clinical_trial",
    "prior_authorization_approved",
)
REASON_POINTS = {
    "no_conservative_care_found": 40,
    "conservative_care_too_short": 28,
    "failure_not_documented": 12,
}
DIAGNOSIS_POINTS = {"low_back_pain_only": 15, "low_back_pain_with_neighbour": 8}
MEASURED_CRITERIA = ("exercise_course", "enough_groups", "care_span")


@dataclass(frozen=True)
class Run:
    """What is the same for all members of a run; `benefit_is_told` where some span loaded says it, true or false."""

    sets: ValueSets
    first_parameters: Parameters
    parameters: dict[str, Parameters]
    policy_versions: Mapping[str, str]
    default_policy: str
    policy_by_line_of_business: Mapping[str, str]
    single_policy: str | None
    assumed: bool
    newest_line: date | None
    medical_reach: Reach
    pharmacy_reach: Reach
    benefit_is_told: bool
    with_eligibility: bool
    with_pharmacy: bool
    with_authorizations: bool
    with_documents: bool


@dataclass(frozen=True)
class Member:
    """One member's records; claims are those that count, the others those in force."""

    member_id: str
    claims: list[Claim]
    spans: list[Span]
    authorizations: list[Authorization]
    fills: list[Fill]
    documents: list[Document]
    crosswalk: Crosswalk


# --- Enrolment and policy (docs/rule.md 8, 9) ---------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What the data tell of a look-back (docs/rule.md 8); `enrolled_days` None where nobody says who was enrolled."""

    enrolled_days: int | None
    enrolled: bool
    enrolled_without_bounds: bool
    drugs_visible: bool
    is_within_feed: bool


def seen_of(run: Run, parameters: Parameters, member: Member, lookback: Window) -> Seen:
    """Return enrolment and visible drugs of a look-back."""
    days = days_of(lookback)
    inside = {on for on in days if on in run.medical_reach}
    with_benefit = [
        span
        for span in member.spans
        if span.pharmacy_benefit or (span.pharmacy_benefit is None and not run.benefit_is_told)
    ]
    told = run.assumed or run.with_eligibility
    covered = days if run.assumed else covered_days(member.spans, lookback)
    drugs = days if run.assumed else covered_days(with_benefit, lookback)
    least = parameters.lookback_days - parameters.max_gap_days
    return Seen(
        enrolled_days=len(covered & inside) if told else None,
        enrolled=told and len(covered & inside) >= least,
        enrolled_without_bounds=told and len(covered) >= least,
        drugs_visible=run.with_pharmacy and sum(on in run.pharmacy_reach for on in drugs & inside) >= least,
        is_within_feed=inside == days,
    )


def line_of_business(spans: Sequence[Span], episode: Episode) -> str | None:
    """Return the line of business on the anchor: of the covering span that starts last, else the first claim's (s9)."""
    covering = [span for span in spans if span.start <= episode.anchor <= span.end and span.line_of_business]
    if covering:
        newest = max(span.start for span in covering)
        return min(span.line_of_business for span in covering if span.start == newest)
    first = min(episode.tested, key=lambda claim: (claim.on, claim.claim_id))
    return min(
        (line.line_of_business for line in first.dating if line.line_of_business),
        default=None,
    )


def policy_for(run: Run, business: str | None) -> str:
    """Return the policy in force (docs/rule.md 9)."""
    if run.single_policy is not None:
        return run.single_policy
    return run.policy_by_line_of_business.get(business or "", run.default_policy)


# --- Diagnosis scope and exclusions (docs/rule.md 4, 5) -----------------------------------------------


def diagnosis_class(sets: ValueSets, parameters: Parameters, episode: Episode) -> str:
    """Return the diagnosis class, the first that holds (docs/rule.md 4)."""
    billed = [each for line in episode.index_lines for each in line.billed]
    if not any(is_unspecified(sets, each, parameters) for each in billed):
        return "not_low_back_pain"
    supported = any(_is_supported(sets, claim) for claim in episode.tested)
    labelled = any(is_pain_label(sets, each) for claim in episode.tested for each in claim.diagnoses)
    if supported or (labelled and parameters.pain_label_exempts):
        return "other_indication"
    neighbour = any(
        row.value_set == "lbp_near_neighbour"
        and row.word("specificity") not in ("pain_label", "nonspecific_soft_tissue")
        for claim in episode.tested
        for row in claim.low_back_rows(sets)
    )
    return "low_back_pain_with_neighbour" if neighbour else "low_back_pain_only"


def _is_supported(sets: ValueSets, claim: Claim) -> bool:
    rows = claim.diagnosis_rows(sets.other_indications)
    return any(row.word("indication_class") == "supported" for row in rows)


def has_red_flag(sets: ValueSets, parameters: Parameters, episode: Episode, claims: Sequence[Claim]) -> bool:
    """Tell whether a red flag stands on the episode or shortly before it (docs/rule.md 5.4)."""
    flag_days = Window(episode.anchor - timedelta(days=parameters.red_flag_days), episode.last_on)
    symptom_days = Window(episode.anchor - timedelta(days=parameters.symptom_days), episode.last_on)
    for claim in claims:
        own = any(claim is each for each in episode.tested)
        for row in claim.diagnosis_rows(sets.red_flags):
            if row.value_set != "cauda_equina_symptom" and (own or claim.on in flag_days):
                return True
            if (
                row.value_set == "cauda_equina_symptom"
                and claim.has_back_code(sets)
                and (own or claim.on in symptom_days)
            ):
                return True
    return False


def trial_markers(sets: ValueSets, episode: Episode) -> tuple[bool, bool]:
    """Return (all three markers of a clinical trial, only some of them) (docs/rule.md 5.6)."""
    lines = [line for claim in episode.tested for line in claim.standing]
    diagnosed = any(
        row.system.startswith("icd-") for claim in episode.tested for row in claim.diagnosis_rows(sets.clinical_trial)
    )
    q0 = any(
        row.system == "modifier" and row.code == "Q0" and "Q0" in each.line.modifiers and row.in_force(each.on)
        for each in episode.index_lines
        if each.line is not None
        for row in sets.clinical_trial.rows
    )
    condition_30 = any(
        row.system == "condition-code"
        and row.code == "30"
        and "30" in line.condition_codes
        and row.in_force(line.start)
        for line in lines
        for row in sets.clinical_trial.rows
    )
    numbers = [line.trial_number for line in lines if line.trial_number]
    numbered = any(re.fullmatch(r"(NCT)?\d{8}", text, re.ASCII) for text in numbers)
    complete = diagnosed and (q0 or condition_30) and numbered
    return complete, not complete and (diagnosed or q0 or condition_30 or bool(numbers))


def is_authorized(episode: Episode, authorizations: Sequence[Authorization]) -> bool:
    """Tell whether an approval is valid on the anchor and speaks of this implant (docs/rule.md 5.7)."""
    codes = {line.code for line in episode.index_lines}
    named = {line.authorization_number for claim in episode.tested for line in claim.standing}
    return any(
        row.decision in ("approved", "partially_approved")
        and row.valid_from <= episode.anchor <= row.valid_to
        and (not row.hcpcs or row.hcpcs in codes or row.authorization_id in named)
        for row in authorizations
    )


# --- Criteria and outcome (docs/rule.md 8) ----------------------------------------------------------------


def criteria(run: Run, parameters: Parameters, care: Care, *, enrolled: bool) -> dict[str, str]:
    """Return the five criteria, three-valued (docs/rule.md 8)."""
    drugs_unknown = care.groups["medication"].state == "unknown"
    covered = len(care.failed_groups) >= parameters.min_groups and (
        "exercise" in care.failed_groups or not parameters.must_have_exercise
    )

    def word(*, met: bool, unknown: bool) -> str:
        return "met" if met else "cannot_tell" if unknown else "not_met"

    found = {
        "exercise_course": word(
            met=care.groups["exercise"].state == "adequate" or not parameters.must_have_exercise,
            unknown=not enrolled,
        ),
        "enough_groups": word(
            met=care.adequate >= parameters.min_groups,
            unknown=not enrolled or (drugs_unknown and care.adequate + 1 >= parameters.min_groups),
        ),
        "care_span": word(
            met=care.span_days >= parameters.min_total_span_days,
            unknown=not enrolled or drugs_unknown,
        ),
        "failure_documented": word(met=covered, unknown=not run.with_documents),
    }
    measured = {found[name] for name in MEASURED_CRITERIA}
    found["adequate_care"] = next((each for each in ("not_met", "cannot_tell") if each in measured), "met")
    return found


def outcome_of(found: Mapping[str, str], care: Care, seen: Seen) -> tuple[str, str]:
    """Return (outcome, reason) of an episode that is not excluded and of no shared claim number (docs/rule.md 8)."""
    if found["failure_documented"] == "met":
        return "documented", "failure_documented"
    if found["adequate_care"] == "met":
        if found["failure_documented"] == "cannot_tell":
            return "not_assessable", "documentation_not_supplied"
        return "flagged", "failure_not_documented"
    if found["adequate_care"] == "not_met":
        if not care.has_service and not care.failed_groups:
            return "flagged", "no_conservative_care_found"
        return "flagged", "conservative_care_too_short"
    if seen.enrolled:
        return "not_assessable", "medication_unknown"
    return "not_assessable", "history_not_delivered" if seen.enrolled_without_bounds else "insufficient_enrollment"


def next_step(outcome: str, reason: str, notes: set[str]) -> str:
    """Return what a person is asked to do next (docs/rule.md 8)."""
    if outcome == "flagged":
        return "coding_query" if "likely_miscoded" in notes else "request_records"
    if (outcome == "documented" and "evidence_review" in notes) or (outcome == "excluded" and reason == "red_flag"):
        return "clinical_review"
    return "data_hold" if outcome == "not_assessable" else "no_action"


def priority(
    reason: str,
    diagnosis: str,
    dollars: Decimal | None,
    completeness: int,
    harm: int,
    *,
    miscoded: bool,
) -> Decimal:
    """Return the priority of a flagged episode, 0 to 100, one decimal, half up (docs/rule.md 10); None: no dollars."""
    share = (1 + max(dollars or Decimal(0), Decimal(0))).log10() / Decimal(100001).log10()
    total = REASON_POINTS[reason] + DIAGNOSIS_POINTS[diagnosis] + min(Decimal(20), 20 * share) + completeness + harm
    return (total / 2 if miscoded else total).quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- Notes (docs/rule.md 3, 4, 8) ---------------------------------------------------------------------


def notes_on_every_episode(run: Run, member: Member, episode: Episode) -> set[str]:
    """Return the notes an excluded episode carries as well (docs/rule.md 8)."""
    first = run.first_parameters
    notes = set()
    if any(not row.in_force(claim.coded_on) for claim in episode.tested for row in claim.low_back_rows(run.sets)):
        notes.add("diagnosis_code_not_valid_on_date")
    if any(claim.has_pending_line() for claim in episode.owned):
        notes.add("pending_claims")
    sound = episode.is_initial and not episode.is_aborted
    if sound and episode.kind == "permanent_only":
        notes.add("no_trial_found")
    if sound and episode.kind == "trial_only" and any("paddle_lead" in line.roles for line in episode.index_lines):
        notes.add("paddle_lead_without_generator")
    begin = episode.events[0].counted_from
    clean = Window(begin - timedelta(days=first.clean_period_days), begin - timedelta(days=1))
    known = days_of(clean) if run.assumed else covered_days(member.spans, clean)
    if sum(on in run.medical_reach for on in known) < first.clean_period_days - first.max_gap_days:
        notes.add("device_history_unknown")
    if episode.repeats_interim_lines:
        notes.add("interim_bills_repeat_lines")
    if episode.paid() is None:
        notes.add("payment_unknown")
    return notes


def notes_on_history(run: Run, parameters: Parameters, member: Member, episode: Episode) -> set[str]:
    """Return the notes read from the member's other claims, before and after (docs/rule.md 4, 8)."""
    sets, anchor = run.sets, episode.anchor
    history = Window(anchor - timedelta(days=parameters.history_days), anchor - timedelta(days=1))
    screening = Window(anchor - timedelta(days=parameters.lookback_days), anchor)
    after = Window(
        episode.last_on + timedelta(days=1),
        episode.last_on + timedelta(days=parameters.followup_days),
    )
    harmed = Window(anchor + timedelta(days=1), after.last)
    others = [claim for claim in member.claims if not episode.is_own(claim)]

    notes = set()
    if any(claim.on in history and _is_supported(sets, claim) for claim in member.claims) or any(
        (claim.on in history and claim.diagnosis_rows(sets.prior_spine_surgery))
        or any(on in history for on, _ in claim.procedure_matches(sets.prior_spine_surgery))
        for claim in member.claims
    ):
        notes.add("likely_miscoded")
    if not any(
        line.start in screening
        and any(
            row.word("counts").lower() == "yes" for row in rows_for_hcpcs(sets.psych_evaluation, line.hcpcs, line.start)
        )
        for claim in member.claims
        for line in claim.standing
    ):
        notes.add("no_psychological_evaluation")
    if any(event.kind == "permanent" for event in episode.events) and any(
        on in after for claim in others for on, _ in claim.procedure_matches(sets.complications)
    ):
        notes.add("revision_within_24_months")
    if any(claim.on in harmed and claim.diagnosis_rows(sets.complications) for claim in others):
        notes.add("complication_within_24_months")
    if run.newest_line is None or run.newest_line < after.last:
        notes.add("follow_up_incomplete")
    return notes


def has_chronic_back_code(sets: ValueSets, parameters: Parameters, member: Member, anchor: date) -> bool:
    """Tell whether a back code stands on a claim at least `chronic_days` old (docs/rule.md 8, `not_chronic`)."""
    old = Window(
        anchor - timedelta(days=parameters.history_days),
        anchor - timedelta(days=parameters.chronic_days),
    )
    return any(claim.on in old and claim.has_back_code(sets) for claim in member.claims)
