"""The words of the reports: closed words and numbers of the published tables in plain English.

What people read for a closed word stands in ``sql/vocabulary/word.csv``.
Nothing found is said as nothing found in the data received; a finding is a reason to review, never a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.ground.closed_words import labels_of, sentences_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal
    from typing import Any


OUTCOMES = labels_of("outcome")
OUTCOME_SENTENCES = sentences_of("outcome")
REASONS = labels_of("exclusion", "outcome_reason")
REASON_SENTENCES = sentences_of("outcome_reason")
UNKNOWN = "unknown"
"""What is said of a number that nobody sent; it is never 0."""

NEXT_STEPS = labels_of("next_step")
RESULTS = labels_of("criterion_result")
RESULTS_IN_TEXT = sentences_of("criterion_result")
CRITERIA = labels_of("criterion")
NEWS = {**labels_of("news"), "": ""}
# On pages that say beside it what is new since the last run, a case without a decision is open, new or not.
REVIEWS = labels_of("case_status")
STATUSES = sentences_of("case_status")
KINDS = labels_of("episode_kind")
AUTHORIZATIONS = labels_of("prior_authorization_state")
PAYMENT_STAGES = labels_of("payment_stage")
DOLLAR_REASONS = labels_of("dollar_reason")
DOLLAR_STATES = labels_of("dollar_state")
EVIDENCE_KINDS = labels_of("evidence_kind")
NOTES = sentences_of("note")
COUNTS_REASONS = labels_of("counts_reason")
SETTLING_RECORDS = sentences_of("settling_record")
UNKNOWABLE = sentences_of("unknowable")
LANES = labels_of("care_group", "timeline_lane")
DRUG_CLASSES = labels_of("drug_class")
TRIAL_MARKS = labels_of("trial_mark")
REMARK_KINDS = labels_of("remark_kind")
REMARK_MEANS = sentences_of("remark_kind")
UNREAD_REASONS = labels_of("unread_reason")
FEEDS = labels_of("feed")
FEED_MEANS = sentences_of("feed")
# The funnel's own words, where a report must choose others.
FUNNEL_REASONS = labels_of("funnel_reason")
DATA_GAPS = labels_of("data_gap")
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
    is_missing = {
        "enrollment_incomplete": not review["enrollment_complete"]
        and review["outcome_reason"] != "history_not_delivered",
        "drugs_not_visible": not review["drugs_visible"],
        "prior_authorization_not_supplied": review["prior_authorization_state"] == "feed_not_supplied",
        "documentation_not_supplied": "documentation_feed_not_supplied" in review["notes"],
        "history_not_delivered": "look_back_outside_feed" in review["notes"],
        "claim_number_shared": review["outcome_reason"] == "claim_number_shared",
        "payment_unknown": "payment_unknown" in review["notes"],
    }
    missing = ", ".join(label for gap, label in DATA_GAPS.items() if is_missing[gap])
    return ("Partial", missing) if missing else ("Full", "")


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
    said |= {note: phrase(note) for note in _HARMS if note in review["notes"]}
    for name in _LEAST_TELLING:
        if len("; ".join(said.values())) <= WHY_LENGTH:
            break
        said.pop(name, None)
    if review["outcome_reason"] in {"claim_number_shared", "history_not_delivered"}:
        said = {}
    text = "; ".join(said.values()) or REASONS[review["outcome_reason"]]
    return text[:1].upper() + text[1:]


_HARMS = ("revision_within_24_months", "complication_within_24_months")
# The order in which parts are left out; with the last three alone, no text is too long.
_LEAST_TELLING = ("enough_groups", "care_span", "complication_within_24_months")
_CANNOT_TELL = labels_of("cannot_tell")


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


def known_dollars(value: Decimal | None) -> str:
    """US dollars with cents; unknown where an amount was not sent."""
    return UNKNOWN if value is None else dollars(value)


def beside_unknown(count: int) -> str:
    """What stands after a sum of dollars: how many episodes are not in it, for theirs are unknown; nothing for none."""
    return f"; those of {plural(count, 'episode')} are unknown and not in the sum" if count else ""


def enrolled_days(review: Mapping[str, Any], asked: object) -> str:
    """How many of the days asked for the member was enrolled, in words, also where nobody said."""
    days = review["enrolled_days"]
    return f"{UNKNOWN if days is None else days} of {asked} days"


def enrolment_told(review: Mapping[str, Any], asked: object, gaps: Iterable[Mapping[str, Any]]) -> str:
    """What is said of days of the look-back without enrolment, the same wherever it is said; blank where all have it.

    ``gaps`` are rows of ``audit.enrollment_gap``; care billed on their days is a conflict, counted once.
    """
    told = []
    if review["enrolled_days"] is None or int(str(asked)) > review["enrolled_days"]:
        where = " that the claims received reach" if "look_back_outside_feed" in review["notes"] else ""
        told.append(f"enrolled {enrolled_days(review, asked)} of the look-back{where}")
    if care := sum(gap["care_count"] for gap in gaps):
        told.append(f"{plural(care, 'service')} billed on days not enrolled, a conflict in the data")
    return "; ".join(told)


def dollars(value: Decimal | None) -> str:
    """US dollars with cents, blank for none."""
    return "" if value is None else f"{value:,.2f}"
