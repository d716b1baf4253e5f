"""The words of the reports: closed words and numbers of the published tables in plain English.

Nothing found is said as nothing found in the data received; a finding is a reason to review, never a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal
    from typing import Any


OUTCOMES: Mapping[str, str] = {
    "flagged": "Flagged for review",
    "documented": "Documented",
    "excluded": "Not on the list",
    "not_assessable": "Data hold",
}
OUTCOME_SENTENCES: Mapping[str, str] = {
    "flagged": "Flagged for review. No determination has been made; a person decides.",
    "documented": "The documentation asked for is there. Whether the implant was right is not judged.",
    "excluded": "The rule does not ask for conservative care here.",
    "not_assessable": "Cannot be judged yet: the data received do not let the question be answered.",
}
REASONS: Mapping[str, str] = {
    "no_conservative_care_found": "No conservative care found",
    "conservative_care_too_short": "Conservative care too short",
    "failure_not_documented": "Failure of care not documented",
    "failure_documented": "Failure of care documented",
    "insufficient_enrollment": "Not enrolled long enough",
    "medication_unknown": "Drug fills cannot be seen",
    "documentation_not_supplied": "No care documentation delivered",
    "procedure_aborted": "Procedure stopped",
    "not_initial_implant": "Replacement or revision",
    "not_low_back_pain": "Not billed for low back pain",
    "red_flag": "Red flag: urgent review of its own",
    "other_indication": "Supported indication on the claims",
    "clinical_trial": "Approved clinical trial",
    "prior_authorization_approved": "Prior authorization approved",
}
NEXT_STEPS: Mapping[str, str] = {
    "request_records": "Request records",
    "coding_query": "Coding query",
    "clinical_review": "Clinical review",
    "data_hold": "Data hold",
    "no_action": "No action",
}
RESULTS: Mapping[str, str] = {"met": "Met", "not_met": "Not evidenced in claims", "cannot_tell": "Cannot tell"}
CRITERIA: Mapping[str, str] = {
    "exercise_course": "Exercise course",
    "enough_groups": "Enough kinds of care",
    "care_span": "Care long enough",
    "failure_documented": "Failure documented",
    "adequate_care": "Adequate care (the first three together)",
}
NEWS: Mapping[str, str] = {"new": "New", "changed": "Changed", "unchanged": "Unchanged", "": ""}
# On pages that say beside it what is new since the last run, a case without a decision is open, new or not.
REVIEWS: Mapping[str, str] = {"new": "Open", "open": "Open", "decided": "Decided", "returned": "Returned", "": "Open"}
KINDS: Mapping[str, str] = {
    "trial_then_permanent": "Trial, then permanent implant",
    "trial_only": "Trial or first stage only",
    "permanent_only": "Permanent implant, no trial linked",
}
AUTHORIZATIONS: Mapping[str, str] = {
    "approved": "Approved",
    "none_found": "None found",
    "feed_not_supplied": "Cannot tell: feed not supplied",
}
PAYMENT_STAGES: Mapping[str, str] = {"pre_pay": "Pre-pay (a line is pending)", "post_pay": "Post-pay"}
DIAGNOSIS_CLASSES: Mapping[str, str] = {
    "low_back_pain_only": "Unspecified low back pain alone",
    "low_back_pain_with_neighbour": "Unspecified low back pain beside a more specific back diagnosis",
    "other_indication": "A supported indication is on the claims",
    "not_low_back_pain": "Not low back pain",
}
NOTES: Mapping[str, str] = {
    "diagnosis_code_not_valid_on_date": "A back code was billed outside its dates of validity.",
    "pending_claims": "A claim line is still pending; amounts may change.",
    "no_trial_found": "No trial stimulation was found in the data received.",
    "device_history_unknown": "Enrolled too briefly to see whether a device was there before.",
    "paddle_lead_without_generator": "A paddle lead without a generator: it may be a first stage, not a trial.",
    "specificity_conflict": "A more specific back diagnosis stands on the same claims.",
    "likely_miscoded": "History shows a supported indication or spine surgery: a coding query may settle the case.",
    "trial_marker_incomplete": "Some marks of a clinical trial are on the claims, not all.",
    "partial_failure_documentation": "A valid failure statement is there, but not for all groups asked.",
    "evidence_review": "The policy sends documented cases to a clinician, for the evidence is weak.",
    "drugs_not_visible": "Drug fills cannot be seen for this member.",
    "documentation_feed_not_supplied": "No care documentation was delivered.",
    "no_psychological_evaluation": "No psychological evaluation was found in the data received.",
    "not_chronic": "No back code was found three months or more before the first surgery.",
    "only_passive_or_invasive_care": "Only passive or invasive care was found before the first surgery.",
    "care_before_look_back": "Care that would count was found before the look-back.",
    "revision_within_24_months": "A revision followed within 24 months.",
    "complication_within_24_months": "A complication followed within 24 months.",
    "follow_up_incomplete": "The data end before 24 months after the last surgery.",
}
COUNTS_REASONS: Mapping[str, str] = {
    "not_conservative_care": "not conservative care",
    "code_does_not_count": "this code does not count",
    "no_back_diagnosis_on_claim": "no back diagnosis on its claim",
    "group_does_not_count_in_policy": "this group does not count in the policy",
    "drug_does_not_count": "this drug does not count",
    "not_an_oral_form": "not an oral form",
    "takes_days_back": "takes days' supply back",
    "days_taken_back": "its days' supply was taken back",
    "evaluation_not_treatment": "an evaluation, not treatment",
    "incomplete_statement": "the statement is incomplete",
}
SETTLING_RECORDS: Mapping[str, str] = {
    "exercise_course": "Therapy evaluation, visit notes and discharge summary",
    "enough_groups": "Notes of manipulation, acupuncture, psychological care; medication history with response",
    "care_span": "Office notes that date the care before the first surgery",
    "failure_documented": "Treating clinician's notes on what was tried and how it ended",
    "adequate_care": "As for the three criteria",
}
UNKNOWABLE: Mapping[str, str] = {
    "exercise_course": "Exercise paid by another payer, in cash, or done at home.",
    "enough_groups": "Care paid elsewhere; drugs bought over the counter.",
    "care_span": "Care before enrolment or paid elsewhere.",
    "failure_documented": "How care ended: claims show services, not results.",
    "adequate_care": "As for the three criteria.",
}
HIGH_PRIORITY, MEDIUM_PRIORITY = 70, 50
WHY_LENGTH = 120
MASK = "\u2022\u2022\u2022"


def phrase(word: str | None) -> str:
    """A closed word as people read it: blanks for underscores; an empty string for none."""
    return (word or "").replace("_", " ")


def sentence_case(word: str | None) -> str:
    """``phrase`` with a capital at the start."""
    text = phrase(word)
    return text[:1].upper() + text[1:]


def masked(member_id: str) -> str:
    """A member id that no page has to protect: first character and last four of eight or more, less of shorter ones."""
    if len(member_id) >= 8:  # noqa: PLR2004 - a shorter id would be told whole by five of its characters
        return f"{member_id[0]}{MASK}{member_id[-4:]}"
    return MASK


def band(score: Decimal | float | None) -> str:
    """The band of a priority in words: High from 70 points, Medium from 50, else Low; blank without a score."""
    if score is None:
        return ""
    if score >= HIGH_PRIORITY:
        return "High"
    return "Medium" if score >= MEDIUM_PRIORITY else "Low"


def diagnosis(code: str | None) -> str:
    """A diagnosis code with its dot: ``M5450`` is M54.50."""
    if not code or len(code) <= 3:  # noqa: PLR2004 - a category has three places and no dot
        return code or ""
    place = 4 if code[0] == "E" and code[1:].isdigit() else 3
    return f"{code[:place]}.{code[place:]}" if len(code) > place else code


def plural(count: float, one: str, many: str | None = None) -> str:
    """A count with its noun: ``1 date``, ``1,200 dates``."""
    number = f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"
    return f"{number} {one if count == 1 else many or one + 's'}"


def completeness(review: Mapping[str, Any]) -> tuple[str, str]:
    """How complete the data of an episode are: ``Full`` or ``Partial``, and what is missing in words."""
    missing = []
    if not review["enrollment_complete"]:
        missing.append("enrolment gap")
    if not review["drugs_visible"]:
        missing.append("drug fills not visible")
    if review["prior_authorization_state"] == "feed_not_supplied":
        missing.append("prior authorizations not supplied")
    if "documentation_feed_not_supplied" in review["notes"]:
        missing.append("care documentation not supplied")
    return ("Partial", ", ".join(missing)) if missing else ("Full", "")


def short_reason(review: Mapping[str, Any], criteria: Iterable[Mapping[str, Any]]) -> str:
    """Why an episode stands where it does, in plain words and at most 120 characters: on pages and in the workbook.

    Made of what the criteria say that are not met; where it grows too long, what tells least is left out.
    """
    found = {criterion["criterion"]: criterion for criterion in criteria}
    said = {name: text for name in CRITERIA if (text := _short_criterion(found.get(name), review))}
    if review["outcome_reason"] == "no_conservative_care_found":
        unseen = {"drugs": "drug fills cannot be seen"} if "drugs_not_visible" in review["notes"] else {}
        documented = {name: text for name, text in said.items() if name == "failure_documented"}
        said = {"care": REASONS["no_conservative_care_found"]} | unseen | documented
    said |= {note: text for note, text in _HARMS.items() if note in review["notes"]}
    for name in _LEAST_TELLING:
        if len("; ".join(said.values())) <= WHY_LENGTH:
            break
        said.pop(name, None)
    text = "; ".join(said.values()) or REASONS[review["outcome_reason"]]
    return text[:1].upper() + text[1:]


_HARMS: Mapping[str, str] = {
    "revision_within_24_months": "revision within 24 months",
    "complication_within_24_months": "complication within 24 months",
}
# The order in which parts are left out; with the last three alone, no text is too long.
_LEAST_TELLING = ("enough_groups", "care_span", "complication_within_24_months")
_CANNOT_TELL: Mapping[str, str] = {
    "exercise_course": "exercise course: cannot tell",
    "enough_groups": "kinds of care: cannot tell",
    "care_span": "span of care: cannot tell",
    "failure_documented": "no documentation delivered",
}


def _short_criterion(  # noqa: PLR0911 - one return a criterion
    criterion: Mapping[str, Any] | None, review: Mapping[str, Any]
) -> str:
    """One criterion that is open, in a few words; nothing for one that is met or is the sum of others."""
    if criterion is None or criterion["result"] == "met" or criterion["criterion"] == "adequate_care":
        return ""
    if criterion["result"] == "cannot_tell":
        return _CANNOT_TELL[criterion["criterion"]]
    observed, asked = criterion["observed_value"] or 0, criterion["threshold_value"] or 0
    match criterion["criterion"]:
        case "exercise_course":
            if observed and observed >= asked:
                return f"{plural(observed, 'exercise date')} in too few days"
            return f"{plural(observed, 'exercise date')} ({asked:.0f} asked)"
        case "enough_groups":
            return f"{plural(observed, 'adequate group')} ({asked:.0f} asked)"
        case "care_span":
            return f"care spans {plural(observed, 'day')} ({asked:.0f} asked)"
        case _ if "documentation_feed_not_supplied" in review["notes"]:
            return _CANNOT_TELL["failure_documented"]
        case _ if not observed:
            return "no failure statement"
        case _:
            return "no failure statement for exercise" if observed >= asked else "failure statements for too few groups"


def day(value: date | None) -> str:
    """A date as ISO text, blank for none."""
    return value.isoformat() if value else ""


def dollars(value: Decimal | None) -> str:
    """US dollars with cents, blank for none."""
    return "" if value is None else f"{value:,.2f}"
