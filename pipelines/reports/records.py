"""Records to request: the short list of documents that would settle what is open in a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.reports.case_file import CaseFile


@dataclass(frozen=True)
class RecordRequest:
    """One document: why it would help, and whether an open criterion asks for it."""

    document: str
    reason: str
    is_asked: bool


def records_to_request(case: CaseFile) -> tuple[RecordRequest, ...]:
    """The documents that could settle the case, those that an open criterion or note asks for first."""
    return tuple(sorted(_records(case), key=lambda record: not record.is_asked))


def _records(case: CaseFile) -> Iterator[RecordRequest]:
    open_criteria = {criterion["criterion"] for criterion in case.criteria if criterion["result"] != "met"}
    notes = set(case.review["notes"])
    start, anchor = case.look_back_start_date, case.anchor_date
    yield RecordRequest(
        f"Physical therapy or exercise records, {start} to {anchor}: evaluation, visit notes, discharge summary",
        "would show supervised exercise that the claims received do not",
        "exercise_course" in open_criteria,
    )
    yield RecordRequest(
        f"Office notes of the treating clinician, {start} to {anchor}, that say "
        "what was tried, for how long and how it ended",
        "would show whether care failed, was not tolerated or could not be given",
        bool(open_criteria & {"failure_documented", "care_span"}),
    )
    yield RecordRequest(
        f"Medication history, {start} to {anchor}, with drugs bought without a prescription and the response to each",
        "would show drug treatment that fills do not",
        "enough_groups" in open_criteria or "drugs_not_visible" in notes,
    )
    yield RecordRequest(
        f"Notes of manipulation, acupuncture, psychological care or a pain programme, {start} to {anchor}, if any",
        "would show other kinds of care paid for elsewhere",
        "enough_groups" in open_criteria,
    )
    yield RecordRequest(
        "Report of the psychological evaluation before the implant",
        "no evaluation was found in the data received"
        if "no_psychological_evaluation" in notes
        else "an evaluation was billed; its result is not in claims",
        "no_psychological_evaluation" in notes,
    )
    if case.review["episode_kind"] != "trial_only":
        yield RecordRequest(
            "Record of the trial stimulation: dates and relief reported",
            "no trial was found in the data received"
            if "no_trial_found" in notes
            else "the trial was billed; its result is not in claims",
            "no_trial_found" in notes,
        )
    yield RecordRequest(
        "Operative report, and the imaging and diagnosis that led to the surgery",
        "history or other codes point to a more specific indication"
        if notes & {"likely_miscoded", "specificity_conflict"}
        else "would show the indication in the surgeon's words",
        bool(notes & {"likely_miscoded", "specificity_conflict"}),
    )
    if "trial_marker_incomplete" in notes:
        yield RecordRequest(
            "Approval and registration of the clinical trial",
            "some marks of a clinical trial are on the claims, not all",
            is_asked=True,
        )
