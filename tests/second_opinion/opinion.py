"""A second opinion of the audit rule: rule.md and contract.md read again, plainly, one member at a time.

Written from the two pages alone, with the standard library alone, to be compared with the product. Where
the two differ one of them is wrong, or the page can be read in two ways.

Readings chosen
---------------
Where the page leaves room, this is what is done here (first the section: s1 is docs/rule.md 1, k1 docs/contract.md 1).

1.  s1  HCPCS/CPT "are 5 characters": a code of another length is neither cut nor padded; it matches nothing.
2.  s1  Ids (member, claim, authorization) are trimmed, lose `.0` after digits, and are else compared as written.
3.  s1  A diagnosis or procedure type is trimmed and lower-cased; a word that is neither of the two matches nothing.
4.  s1  A procedure row of blank type takes its type by the discharge date and its validity by its own date, as
        written: a procedure of 2015-09-30 on a stay that ended in October is ICD-10-PCS and not yet valid.
5.  s1  "Dated in [a, b]" of a line is its own start date, of a procedure row its own date; of a diagnosis, and of
        a "claim dated in", the claim date.
6.  s2.1  Repeats compare values as parsed: codes normalised, numbers by value, line numbers without leading zeros,
        blank paid amount = 0; but blank status is not the word `paid`, and case of a generic name is kept.
7.  s2.2  Long and wide diagnoses that name one rank differently: the last by delivery, file, row wins across both
        forms. A blank code delivered last empties its rank in the long form; in the wide form it names nothing.
8.  s2.2  "Final lines" of the wide form (diagnoses and procedures) are last versions whatever their status, total
        lines among them.
9.  s2.3  Lines of one claim that disagree: 8 if a final line says so, else 7; all originals those lines name.
10. s2.3  A chain is followed through 7s only; it ends at an 8.
11. s2.3  Two live replacements are rivals when their chains share a claim, not only when both name it directly.
        Two 7s naming one original that is not in the data each stand alone (no rivals).
12. s2.3  A ring is one of pointers between 7s, also where a link is denied or pending. A 7 outside that points into
        a ring replaces its members and counts.
13. s2.3  "Does nothing" needs every final line denied; reversed lines let a 7 or 8 act. Pending without paid is
        held, whatever else is denied or reversed.
14. s2.3  A held 7 with no original in the data (blank, own name, unknown) stands alone and counts as pending.
15. s2.3  A 7 that loses to a rival, or is voided, reversed or replaced, still keeps replaced what it replaced.
16. s2.5  Reversed whole takes pending lines of the claim with it. Only `paid` and blank lines are summed.
17. s2    A zero-days fill changes nothing. A pending or blank fill with positive days counts. A reversed one takes back
        a fill whatever its date or drug, also one delivered later.
18. s3    `include_other_low_back_pain` in the test of an index line is that of the default policy; everywhere after
        the anchor it is that of the episode's policy. With `single_policy` the parameters of docs/rule.md 1, 2, 3 are
        still those of `default_policy`.
19. s3    The trial that sets T need only be non-aborted; it may itself be not initial.
20. s3    A revision on an index claim counts whatever its date on that claim; a lead on a claim of the event too.
21. s3    "Claims of the event" in a test are all its index claims (also those whose dollars are another event's) and
        the companions that are its own. A claim that is an index claim of a later event is no companion of an earlier.
22. s3    "Not the episode's own" (docs/rule.md 8) leaves out those, too.
23. s3    `no_trial_found` stands on every initial, non-aborted `permanent_only` episode, also where an unlinked trial
        is in the data. `device_history_unknown` also where no eligibility is supplied (unless assumed).
24. s4    A procedure row's claim is institutional when a counting line of it is; a line goes by its own type.
25. s4    Pointer letters run from A to L; others, and numbers parted by a blank alone, are unknown ranks.
26. s4    `likely_miscoded`: supported diagnoses by claim date; surgery lines and procedure rows by their own date. A
        claim of the episode that starts before the anchor is not left out.
27. s5    Index codes and authorization hcpcs_code compare normalised; a filler there (99999) is blank.
28. s5    A clinical trial number is normalised as a code before the 8 digits are looked for. Q0 must be valid on the
        line's date.
29. s6    The ledger takes the HCPCS code in both sets first, then (no HCPCS) the revenue code; a modifier row only
        when nothing else on the line matches. "conservative_care is read first" would else hide a TENS-KX line as
        a marker. Diagnosis rows of the sets (refusal, long-term drug use) make no ledger row.
30. s6    Several ways inside one step (an ingredient and the crosswalk; `ndc-9` and the crosswalk) are taken together.
31. s6    Labels do carry meaning in one place: generic names. `+`, `;`, `&` part no words.
32. s6    A fill's ledger row counts when its class and date are a service and its own days are positive. Denied fills,
        and reversed ones with positive days, are not in the ledger; negative ones are, with `no`.
33. s6    A fill's ledger code is that of the value set row it matched; a procedure row's is its own, under the system
        of the prefix row; a line's is its own.
34. s6    A statement for acupuncture makes that group adequate also where `acupuncture_counts` is false.
35. s6    A contraindication without start date, or with an end before its start, adds no day to the span.
36. s6    A group with no service is never adequate by services, even where a parameter is 0.
37. s8    The reach belongs to the run: `reach_min_rows` and `reach_busy_share` are those of the default policy. Rows
        set aside are no rows of a feed; a feed that is configured is never also found.
38. s8    `care_before_look_back` nets fills inside that earlier window alone.
39. s8    `follow_up_incomplete` reads the newest line start of all members, any status, all versions loaded.
40. s9    A span without line of business is passed over; "then by name" is the first name bytewise. Of a claim
        whose lines differ, also the first name. "The episode's first claim" is one of its tested claims.
        Lines of business are compared as delivered, trimmed.
41. s10   A negative paid sum gives d = 0 (allowed is read only where paid is exactly 0).
42. k1    Numbers are plain decimals (no exponent, no thousands separator but in amounts); days and ranks must be
        whole; 29 February + 1 year is 28 February.
43. s1    Unowned diagnosis rows of a shared number do not supersede each other: they may be two members'. The member's
        own later row takes the place of one also where its code is blank, and so does a diagnosis in columns.
44. s1    A number is shared after `member_crosswalk`: one person under two identifiers shares nothing with himself.
45. s2.2  Spans that "differ in has_pharmacy_benefit alone" are those of one start, line of business, payer and plan: a
        different end does not keep the earlier one.
46. s2.2  Procedures in columns compete with `claim_procedure` rows of their rank as diagnoses do (7). A blank code in
        columns names nothing; a date beside it must still be one.
47. s2.6  "First by line number" goes by the order of docs/rule.md 2.7.
48. s2.7  Reversed claims (docs/rule.md 2.5) come first. A claim of credited lines alone keeps its procedure rows but
        for opening an event. Where nobody sent an amount, a credit of negative units takes a line without amount as it
        would one of 0.
49. s3    Interim bills are told line by line: the line is institutional and one of its two codes says so.
50. s8    "A claim of the episode" with a shared number is one of those its tests read (21). With a blank diagnosis
        class there is no `specificity_conflict`.
51. k1    Zero-width characters are U+200B, U+200C, U+200D, U+2060, U+FEFF and U+180E. Null words are whole values.
52. k1    `.0` goes by part in pointers and condition codes. `e+` is scientific notation like `E+`, also in
        `original_claim_id` and `previous_member_id`.
53. k1    A composite HCPCS code is parted at `:` and `>`, with or without `HC`; what is no modifier of two characters
        (or a run of them) is dropped. Only runs of an even length are parted.
54. k1    A date-time may have `T` or a blank, a fraction of zeros, `Z` or an offset. Fillers are open in all four
        columns of spans and authorizations, first days too.
55. k1    Comma groups need one to three digits before them; a sign may stand before or after the dollar sign, not in
        brackets.
56. k1    `member_crosswalk` goes before repeats and versions; a row from an identifier to itself is a ring; its rows
        have no versions; rows with a blank side say nothing.
57. k1    Two payers of one member are refused only where two birth dates or genders come with them. A qualified
        identifier is written `source:identifier`.
58. k1    A claim sent again whole begins with the last delivery that holds a line of it; a full refresh asks for all
        line starts loaded before it.
59. k1    A line of unknown payment with a blank allowed amount has an unknown allowed amount. A sum with an unknown
        amount reverses nothing (docs/rule.md 2.5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, TypeVar

from tests.second_opinion.care import (
    Care,
    CareInput,
    Window,
    fills_in_force,
    has_earlier_care,
    judge_care,
)
from tests.second_opinion.claims import (
    LongRows,
    final_claims,
    final_lines,
    first_deliveries_in_force,
    shared_claim_ids,
)
from tests.second_opinion.codes import read_value_sets
from tests.second_opinion.episodes import (
    Episode,
    episodes_of,
    events_of,
    settle_initial,
)
from tests.second_opinion.outcome import (
    EXCLUSIONS,
    MEASURED_CRITERIA,
    Member,
    Run,
    criteria,
    diagnosis_class,
    has_chronic_back_code,
    has_red_flag,
    is_authorized,
    line_of_business,
    next_step,
    notes_on_every_episode,
    notes_on_history,
    outcome_of,
    policy_for,
    priority,
    seen_of,
    trial_markers,
)
from tests.second_opinion.parameters import (
    DEFAULT_PARAMETERS,
    POLICIES,
    Parameters,
    typed,
)
from tests.second_opinion.reach import Bounds, final_spans, reach_of
from tests.second_opinion.reading import (
    DEFAULT_INTAKE,
    Authorization,
    DiagnosisRow,
    Document,
    Fill,
    Intake,
    Line,
    ProcedureRow,
    Span,
    read,
)
from tests.second_opinion.values import RefusedDeliveryError, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "DEFAULT_PARAMETERS",
    "POLICIES",
    "Intake",
    "Opinion",
    "RefusedDeliveryError",
    "Row",
    "second_opinion",
]

Owned = TypeVar("Owned", Line, Fill, Span, Authorization, Document)
ClaimRow = TypeVar("ClaimRow", DiagnosisRow, ProcedureRow)


@dataclass(frozen=True)
class Opinion:
    """The four tables of the contract that a rule decides, as plain rows."""

    episode_review: list[dict[str, object]]
    criterion_result: list[dict[str, object]]
    care_group_state: list[dict[str, object]]
    care_ledger: list[dict[str, object]]


# --- One episode -------------------------------------------------------------------------------------


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _dollars(episode: Episode) -> Decimal | None:
    """Return the dollars of the priority: paid, or allowed where that is 0; None where the payment is unknown."""
    paid = episode.paid()
    return episode.allowed() if paid == 0 else paid


def judge_episode(run: Run, member: Member, episode: Episode, into: Opinion) -> None:
    """Append all rows of one episode."""
    sets, anchor = run.sets, episode.anchor
    business = line_of_business(member.spans, episode)
    policy = policy_for(run, business)
    parameters = run.parameters[policy]

    lookback = Window(anchor - timedelta(days=parameters.lookback_days), anchor - timedelta(days=1))
    seen = seen_of(run, parameters, member, lookback)

    shared = episode.is_of_unknown_diagnosis
    classed = None if shared else diagnosis_class(sets, parameters, episode)
    on_list = classed != "not_low_back_pain"
    in_trial, partly_in_trial = trial_markers(sets, episode)
    authorized = is_authorized(episode, member.authorizations)
    tests = (
        episode.is_aborted,
        not episode.is_initial,
        not on_list,
        on_list and has_red_flag(sets, parameters, episode, member.claims),
        classed == "other_indication",
        in_trial,
        authorized,
    )
    exclusions = [name for name, holds in zip(EXCLUSIONS, tests, strict=True) if holds and not shared]

    notes = notes_on_every_episode(run, member, episode)
    outcome, reason = "excluded", exclusions[0] if exclusions else ""
    score: Decimal | None = None
    episode_id = f"E-{_hash(f'{member.member_id}|{anchor.isoformat()}')[:16]}"
    if not exclusions:
        given = CareInput(
            sets,
            parameters,
            anchor,
            member.claims,
            member.fills,
            member.documents,
            member.crosswalk,
            seen.drugs_visible,
        )
        care = judge_care(given)
        found = criteria(run, parameters, care, enrolled=seen.enrolled)
        outcome, reason = ("not_assessable", "claim_number_shared") if shared else outcome_of(found, care, seen)
        notes |= notes_on_history(run, parameters, member, episode)
        said = {
            "specificity_conflict": classed == "low_back_pain_with_neighbour",
            "trial_marker_incomplete": partly_in_trial,
            "partial_failure_documentation": bool(care.failed_groups) and found["failure_documented"] != "met",
            "evidence_review": outcome == "documented" and parameters.evidence_review,
            "drugs_not_visible": not seen.drugs_visible,
            "look_back_outside_feed": not seen.is_within_feed,
            "documentation_feed_not_supplied": not run.with_documents,
            "not_chronic": seen.enrolled and not has_chronic_back_code(sets, parameters, member, anchor),
            "only_passive_or_invasive_care": not any(row.counts for row in care.ledger)
            and any(
                row.from_set == "not_conservative" or row.modality in ("passive_modality", "manual_therapy")
                for row in care.ledger
            ),
            "care_before_look_back": has_earlier_care(given),
        }
        notes |= {name for name, holds in said.items() if holds}
        if outcome == "flagged" and classed is not None:
            score = priority(
                reason,
                classed,
                _dollars(episode),
                9 * seen.enrolled + 3 * seen.drugs_visible + 3 * run.with_authorizations,
                6 * ("revision_within_24_months" in notes) + 4 * ("complication_within_24_months" in notes),
                miscoded="likely_miscoded" in notes,
            )
        _append_care(into, episode_id, parameters, care, found)

    first_claims = [claim.claim_id for claim in episode.events[0].index_claims]
    into.episode_review.append(
        {
            "episode_id": episode_id,
            "case_id": f"NA-{anchor.year:04d}-{_hash(f'{member.member_id}|{_smallest(first_claims)}')[:12].upper()}",
            "member_id": member.member_id,
            "line_of_business": business,
            "policy_id": policy,
            "policy_version": run.policy_versions[policy],
            "anchor_date": anchor,
            "first_event_date": anchor,
            "last_event_date": episode.last_on,
            "episode_kind": episode.kind,
            "event_stage": "initial" if episode.is_initial else "replacement_or_revision",
            "outcome": outcome,
            "outcome_reason": reason,
            "exclusion_reasons": exclusions,
            "diagnosis_class": classed,
            "billed_diagnoses": _distinct(each.code for line in episode.index_lines for each in line.billed),
            "index_codes": _distinct(line.code for line in episode.index_lines),
            "claim_ids": _distinct(claim.claim_id for claim in episode.owned),
            "paid_amount": _cents(episode.paid()),
            "allowed_amount": _cents(episode.allowed()),
            "payment_stage": "pre_pay" if "pending_claims" in notes else "post_pay",
            "enrolled_days": seen.enrolled_days,
            "enrollment_complete": seen.enrolled,
            "drugs_visible": seen.drugs_visible,
            "prior_authorization_state": "feed_not_supplied"
            if not run.with_authorizations
            else "approved"
            if authorized
            else "none_found",
            "notes": _distinct(notes),
            "priority_score": score,
            "next_step": next_step(outcome, reason, notes),
        }
    )


def _smallest(names: list[str]) -> str:
    return min(names, key=str.encode)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Return texts distinct and sorted bytewise."""
    return sorted(set(texts), key=str.encode)


def _append_care(
    into: Opinion,
    episode_id: str,
    parameters: Parameters,
    care: Care,
    found: Mapping[str, str],
) -> None:
    met = sum(found[name] == "met" for name in MEASURED_CRITERIA)
    measures: tuple[tuple[str, int, int, str], ...] = (
        ("exercise_course", care.best_course, parameters.exercise_min_dates, "dates"),
        ("enough_groups", care.adequate, parameters.min_groups, "groups"),
        ("care_span", care.span_days, parameters.min_total_span_days, "days"),
        (
            "failure_documented",
            len(care.failed_groups),
            parameters.min_groups,
            "groups",
        ),
        ("adequate_care", met, len(MEASURED_CRITERIA), "criteria"),
    )
    into.criterion_result.extend(
        {
            "episode_id": episode_id,
            "criterion": name,
            "result": found[name],
            "observed_value": Decimal(observed),
            "threshold_value": Decimal(threshold),
            "unit": unit,
        }
        for name, observed, threshold, unit in measures
    )
    into.care_group_state.extend(
        {
            "episode_id": episode_id,
            "care_group": group.group,
            "state": group.state,
            "service_count": group.service_count,
            "first_date": group.first_on,
            "last_date": group.last_on,
            "measure": group.measure,
            "threshold": group.threshold,
        }
        for group in care.groups.values()
    )
    into.care_ledger.extend(
        {
            "episode_id": episode_id,
            "care_group": row.care_group,
            "service_date": row.on,
            "claim_id": row.claim_id,
            "claim_line_number": row.line_number,
            "code_system": row.system,
            "code": row.code,
            "counts": "yes" if row.counts else "no",
            "source_table": row.source_table,
        }
        for row in sorted(
            care.ledger,
            key=lambda each: (
                each.on,
                each.source_table,
                each.claim_id,
                each.line_number or "",
                each.code,
            ),
        )
    )


# --- The whole run -----------------------------------------------------------------------------------


def _by_member(records: Iterable[Owned]) -> dict[str, list[Owned]]:
    found: dict[str, list[Owned]] = {}
    for record in records:
        found.setdefault(record.member_id, []).append(record)
    return found


def _by_claim_id(rows: Iterable[ClaimRow]) -> dict[str, list[ClaimRow]]:
    found: dict[str, list[ClaimRow]] = {}
    for row in rows:
        found.setdefault(row.claim_id, []).append(row)
    return found


def final_authorizations(rows: Iterable[Authorization]) -> list[Authorization]:
    """Return one member's authorization rows in force (docs/rule.md 2.2).

    Of one authorization and code the last delivered stands; a withdrawal or denial without code takes out every
    earlier row of the authorization, also where it is superseded itself.
    """
    last: dict[tuple[str, str], Authorization] = {}
    for row in sorted(rows, key=lambda each: each.position):
        if not row.hcpcs and row.decision in ("withdrawn", "denied"):
            last = {key: other for key, other in last.items() if key[0] != row.authorization_id}
        last[row.authorization_id, row.hcpcs] = row
    return list(last.values())


def second_opinion(
    extracts: Mapping[str, Sequence[Row]],
    *,
    as_of: date,
    value_sets: Path,
    parameters: Mapping[str, Mapping[str, object]],
    policy_versions: Mapping[str, str],
    default_policy: str,
    policy_by_line_of_business: Mapping[str, str] = {},
    single_policy: str | None = None,
    assume_enrolled: bool = False,
    reach: Mapping[str, Bounds] = {},
    intake: Intake = DEFAULT_INTAKE,
) -> Opinion:
    """Return the opinion on all episodes of the delivered rows, by member and anchor date.

    `reach` gives the first and last day of a feed by table. Raises RefusedDeliveryError where a delivery is refused.
    """
    sets = read_value_sets(value_sets)
    delivered = read(extracts, as_of, intake)
    settled = {policy: typed(values) for policy, values in parameters.items()}
    first_parameters = settled[default_policy]
    in_force_since = first_deliveries_in_force(delivered.lines, intake)
    long_rows = LongRows(
        _by_claim_id(delivered.diagnoses),
        _by_claim_id(delivered.procedures),
        shared_claim_ids(delivered.lines),
        in_force_since,
    )
    line_days = [line.start for line in delivered.lines]
    run = Run(
        sets=sets,
        first_parameters=first_parameters,
        parameters=settled,
        policy_versions=policy_versions,
        default_policy=default_policy,
        policy_by_line_of_business=policy_by_line_of_business,
        single_policy=single_policy,
        assumed=assume_enrolled and delivered.spans is None,
        newest_line=max((on for on in line_days if on <= as_of), default=None),
        medical_reach=reach_of(line_days, as_of, first_parameters, reach.get("medical_claim")),
        pharmacy_reach=reach_of(delivered.fill_days, as_of, first_parameters, reach.get("pharmacy_claim")),
        benefit_is_told=any(span.pharmacy_benefit is not None for span in delivered.spans or []),
        with_eligibility=delivered.spans is not None,
        with_pharmacy=delivered.fills is not None,
        with_authorizations=delivered.authorizations is not None,
        with_documents=delivered.documents is not None,
    )

    by_member = _by_member(
        final_lines(
            line for line in delivered.lines if line.position[0] >= in_force_since[line.member_id, line.claim_id]
        )
    )
    fills = _by_member(delivered.fills or [])
    spans = _by_member(delivered.spans or [])
    authorizations = _by_member(delivered.authorizations or [])
    documents = _by_member(delivered.documents or [])

    opinion = Opinion([], [], [], [])
    for member_id in sorted(by_member, key=str.encode):
        claims = final_claims(by_member[member_id], long_rows, first_parameters.icd_10_from)
        events = events_of(sets, first_parameters, claims)
        settle_initial(sets, first_parameters, claims, events)
        member = Member(
            member_id,
            claims,
            final_spans(spans.get(member_id, [])),
            final_authorizations(authorizations.get(member_id, [])),
            fills_in_force(fills.get(member_id, [])),
            documents.get(member_id, []),
            delivered.crosswalk,
        )
        for episode in episodes_of(member_id, first_parameters, events):
            judge_episode(run, member, episode, opinion)
    _part_names(opinion.episode_review)
    return opinion


def _part_names(episodes: list[dict[str, object]]) -> None:
    """Gives the second, third ... of the cases called the same a number; the earlier episode keeps the name."""
    called: dict[str, int] = {}
    for episode in sorted(episodes, key=lambda episode: (str(episode["anchor_date"]), str(episode["episode_id"]))):
        name = str(episode["case_id"])
        called[name] = called.get(name, 0) + 1
        if called[name] > 1:
            episode["case_id"] = f"{name}-{called[name]}"
