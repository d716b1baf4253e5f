"""What a case page says beside the published rows: facts, what may support the service, criteria, caveats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipelines.reports.records import RecordRequest, records_to_request
from pipelines.reports.row_remarks import RowRemark, doubts_word, row_remarks
from pipelines.reports.timeline import Timeline, timeline
from pipelines.reports.words import (
    COUNTS_REASONS,
    CRITERIA,
    DOLLAR_REASONS,
    DOLLAR_STATES,
    DRUG_CLASSES,
    FEEDS,
    LANES,
    NOTES,
    REASON_SENTENCES,
    RESULTS,
    SETTLING_RECORDS,
    TRIAL_MARKS,
    UNKNOWABLE,
    band,
    completeness,
    day,
    diagnosis,
    enrolled_days,
    enrolment_told,
    phrase,
    plural,
    sentence_case,
    short_reason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.reports.case_file import CaseFile, Row


FOUND, NONE, UNKNOWN, GAP = "found", "none", "unknown", "gap"
LISTED_FACTS = 4
# Notes that stand under another heading of the page.
NOTES_TOLD_ELSEWHERE = frozenset(
    {"evidence_review", "specificity_conflict", "trial_marker_incomplete", "care_before_look_back", "likely_miscoded"}
)


@dataclass(frozen=True)
class Support:
    """One thing that may support the service: found, none found, or cannot tell, in words."""

    title: str
    state: str
    text: str

    @property
    def word(self) -> str:
        """The state as a word, so that nothing is told by colour alone."""
        return {FOUND: "Found", NONE: "None found", UNKNOWN: "Cannot tell", GAP: "Found"}[self.state]


@dataclass(frozen=True)
class CriterionLine:
    """One row of the criterion table."""

    name: str
    asked: str
    result: str
    result_word: str
    shown: str
    unknowable: str
    record: str


@dataclass(frozen=True)
class CasePage:
    """One case page, ready for its template."""

    case: CaseFile
    why: str
    band: str
    data: str
    data_missing: str
    priority_sum: str
    supports: Sequence[Support]
    criteria: Sequence[CriterionLine]
    timeline: Timeline
    events: Sequence[Mapping[str, Any]]
    dollar_lines: Sequence[Mapping[str, Any]]
    records: Sequence[RecordRequest]
    caveats: Sequence[str]
    notes: Sequence[str]
    remarks: Sequence[RowRemark]
    doubts: str
    codes: Sequence[tuple[str, str]]
    diagnoses: Sequence[tuple[str, str]]


def case_page(case: CaseFile, *, labels: Mapping[str, str], feeds: frozenset[str]) -> CasePage:
    """The page of one case. ``labels`` are the value sets' own labels by code, ``feeds`` the tables ever delivered."""
    review = case.review
    data, missing = completeness(review)
    untold = "; ".join(filter(None, (missing, _enrolment(case))))
    return CasePage(
        case=case,
        why=short_reason(review, case.criteria),
        band=band(review["priority_score"]),
        data=data,
        data_missing=untold,
        priority_sum=_priority_sum(case.parts),
        supports=tuple(_supports(case, labels)),
        criteria=tuple(_criterion_lines(case)),
        timeline=timeline(case, has_eligibility="eligibility" in feeds),
        events=tuple(_event_line(event) for event in case.events),
        dollar_lines=tuple(_dollar_line(line) for line in case.dollar_lines),
        records=records_to_request(case),
        caveats=tuple(_caveats(case, feeds)),
        notes=tuple(NOTES.get(note, phrase(note)) for note in review["notes"] if note not in NOTES_TOLD_ELSEWHERE),
        remarks=row_remarks(case.remarks),
        doubts=doubts_word(case.remarks),
        codes=tuple((code, labels.get(code, "")) for code in review["index_codes"]),
        diagnoses=tuple((diagnosis(code), labels.get(code, "")) for code in review["billed_diagnoses"]),
    )


def _priority_sum(parts: Iterable[Row]) -> str:
    named = {part["part"]: float(part["points"]) for part in parts}
    taken_off = named.pop("miscoded", 0.0)
    told = " + ".join(f"{name} {points:.1f}" for name, points in named.items())
    return told if not taken_off else f"{told} \u2212 {-taken_off:.1f}, for the claim may be miscoded"


def _supports(case: CaseFile, labels: Mapping[str, str]) -> Iterator[Support]:
    review, notes = case.review, set(case.review["notes"])
    window = f"{case.history_start_date} to {case.anchor_date - timedelta(days=1)}"
    seen = "" if review["enrollment_complete"] else " The member was not enrolled throughout."
    for fact, title in (
        ("supported_indication", "Supported indication"),
        ("prior_spine_surgery", "Earlier spine surgery"),
    ):
        found = case.facts_of(fact)
        text = _fact_text(found, labels) if found else f"None found in the data received, {window}.{seen}"
        yield Support(title, FOUND if found else NONE, text)
    if "specificity_conflict" in notes:
        yield Support(
            "More specific back diagnosis", FOUND, "One stands on the same claims as unspecified low back pain."
        )
    marks = [text for name, text in TRIAL_MARKS.items() if case.facts_of(name)]
    if marks:
        yield Support("Clinical trial", FOUND, f"The claims carry {' and '.join(marks)}; all three are asked.")
    else:
        yield Support("Clinical trial", NONE, "No mark of a clinical trial was found on the claims.")
    match review["prior_authorization_state"]:
        case "feed_not_supplied":
            yield Support("Prior authorization", UNKNOWN, "No prior authorizations were delivered.")
        case "approved":
            yield Support("Prior authorization", FOUND, "An approval valid on the day was found.")
        case _:
            yield Support("Prior authorization", NONE, "No approval valid on the day was found in the data received.")
    yield _documents(case)
    if "care_before_look_back" in notes:
        yield Support("Earlier care", FOUND, "Care that would count was found before the look-back; see the timeline.")
    yield _gap_support(case)


def _fact_text(facts: Sequence[Row], labels: Mapping[str, str]) -> str:
    told = []
    shown = {(fact["fact_date"], fact["claim_id"], fact["code_system"], fact["code"]): fact for fact in facts}
    facts = tuple(shown.values())
    for fact in facts[:LISTED_FACTS]:
        is_diagnosis = (fact["code_system"] or "").endswith("-cm")
        code = diagnosis(fact["code"]) if is_diagnosis else fact["code"]
        label = labels.get(fact["code"] or "", "")
        told.append(f"{code}{f' ({label})' if label else ''} on {day(fact['fact_date'])}")
    more = f", and {len(facts) - LISTED_FACTS} more" if len(facts) > LISTED_FACTS else ""
    return "; ".join(told) + more + "."


def _documents(case: CaseFile) -> Support:
    valid = [row for row in case.statements if row["statement_state"] == "valid"]
    incomplete = len(case.statements) - len(valid)
    if valid:
        told = ", ".join(
            f"{phrase(row['care_group'])}: {phrase(row['documented_outcome'])}" for row in valid[:LISTED_FACTS]
        )
        more = f"; {plural(incomplete, 'incomplete statement')} beside" if incomplete else ""
        return Support("Documented failure", FOUND, f"{plural(len(valid), 'valid statement')} ({told}){more}.")
    if "documentation_feed_not_supplied" in case.review["notes"]:
        return Support("Documented failure", UNKNOWN, "No care documentation was delivered.")
    if incomplete:
        return Support(
            "Documented failure", FOUND, f"{plural(incomplete, 'statement')}, incomplete; what is missing is below."
        )
    return Support("Documented failure", NONE, "No statement was found in the documentation received.")


def _gap_support(case: CaseFile) -> Support:
    review, notes = case.review, set(case.review["notes"])
    gaps = [told] if (told := _enrolment(case)) else []
    if "look_back_outside_feed" in notes:
        gaps.append("the claims received do not reach all days of the look-back")
    if review["outcome_reason"] == "claim_number_shared":
        gaps.append("a claim number stands under more than one member, with diagnoses that name none")
    if not review["drugs_visible"]:
        gaps.append("drug fills cannot be seen")
    if "device_history_unknown" in notes:
        gaps.append("too little enrolment or claims history to know of an earlier device")
    if "pending_claims" in notes:
        gaps.append("a claim line is pending")
    if "payment_unknown" in notes:
        gaps.append("a paid amount was not supplied")
    if not gaps:
        return Support("Gaps in the data", NONE, "None found in enrolment or feeds. Care paid elsewhere never shows.")
    text = "; ".join(gaps)
    return Support("Gaps in the data", GAP, f"{text[:1].upper()}{text[1:]}.")


def _enrolment(case: CaseFile) -> str:
    return enrolment_told(case.review, case.parameters["lookback_days"], case.gaps)


def _criterion_lines(case: CaseFile) -> Iterator[CriterionLine]:
    for criterion in case.criteria:
        name = criterion["criterion"]
        yield CriterionLine(
            name=CRITERIA.get(name, sentence_case(name)),
            asked=_asked(name, case),
            result=criterion["result"],
            result_word=RESULTS[criterion["result"]],
            shown=criterion["explanation"],
            unknowable=UNKNOWABLE.get(name, ""),
            record=SETTLING_RECORDS.get(name, ""),
        )


def _asked(name: str, case: CaseFile) -> str:  # noqa: PLR0911 - one return a criterion
    asked = case.parameters
    match name:
        case "exercise_course" if asked["must_have_exercise"] == "no":
            return "Not asked for by this policy."
        case "exercise_course":
            return (
                f"{plural(float(asked['exercise_min_dates']), 'exercise date')} over "
                f"{asked['exercise_min_span_days']} days or more, at most {asked['exercise_max_gap_days']} days apart"
            )
        case "enough_groups":
            return f"{plural(float(asked['min_groups']), 'kind')} of care adequate, of six"
        case "care_span" if float(asked["min_total_span_days"]) == 0:
            return "Not asked for by this policy."
        case "care_span":
            return f"{asked['min_total_span_days']} days from first to last counting day"
        case "failure_documented":
            also = ", exercise among them" if asked["must_have_exercise"] == "yes" else ""
            return (
                f"A record that {plural(float(asked['min_groups']), 'kind')} of care failed or could not be given{also}"
            )
        case _:
            return "All three above"


def _event_line(event: Mapping[str, Any]) -> Mapping[str, Any]:
    is_diagnosis = (event["code_system"] or "").endswith("-cm")
    what = event["label"] or ""
    if event["modality"] == "statement":
        what = "Statement about this care"
    kind = (
        DRUG_CLASSES.get(event["modality"], sentence_case(event["modality"])) if event["lane"] == "medication" else ""
    )
    counts = {"yes": "Counts", "no": "Does not count"}.get(event["counts"] or "", "")
    return {
        **event,
        "lane_label": LANES.get(event["lane"], sentence_case(event["lane"])),
        "kind": kind,
        "what": what,
        "code": diagnosis(event["code"]) if is_diagnosis else (event["code"] or ""),
        "counts_text": _counts_text(counts, event),
        "quantity_text": f"{float(event['quantity']):,.4g}" if event["quantity"] is not None else "",
        "provider": event["rendering_npi"] or event["billing_npi"] or "",
    }


def _counts_text(counts: str, event: Mapping[str, Any]) -> str:
    reason = event["counts_reason"]
    told = f"{counts}: {COUNTS_REASONS.get(reason, phrase(reason))}" if reason else counts
    return f"{told}; conflict: not enrolled on that day" if event["is_in_enrollment_gap"] else told


def _dollar_line(line: Row) -> Mapping[str, Any]:
    """One line of the dollars in words: what it says itself stands beside what it adds where the two differ."""
    return {
        **line,
        "why": DOLLAR_REASONS[line["dollar_reason"]],
        "how": DOLLAR_STATES[line["dollar_state"]],
        "is_repeat": line["dollar_state"] == "repeated_interim",
    }


def _caveats(case: CaseFile, feeds: frozenset[str]) -> Iterator[str]:
    review = case.review
    yield (
        f"Claims and fills from {case.look_back_start_date} to {case.anchor_date - timedelta(days=1)} were looked at "
        f"as care before the first surgery, and back to {case.history_start_date} for history."
    )
    if why := REASON_SENTENCES.get(review["outcome_reason"]):
        yield why
    if "eligibility" in feeds:
        asked = case.parameters["lookback_days"]
        where = " and inside what the claims received reach" if "look_back_outside_feed" in review["notes"] else ""
        yield f"The member was enrolled on {enrolled_days(review, asked)} of the look-back{where}."
    else:
        yield "No eligibility extract was delivered."
    yield (
        "Drug fills of the look-back can be seen."
        if review["drugs_visible"]
        else "Drug fills of the look-back cannot be seen, so their absence says nothing."
    )
    optional = ("prior_authorization", "care_documentation", "claim_procedure")
    if absent := [FEEDS[table].lower() for table in optional if table not in feeds]:
        yield f"Never delivered: {', '.join(absent)}."
    yield (
        "Care paid by another payer or in cash, exercise at home and drugs bought over the counter do not show in "
        "claims."
    )
