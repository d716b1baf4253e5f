"""The picture of a case: a timeline with one lane a kind of care, as geometry that a template draws.

The SVG is drawn by a template of our own, not by Vega: see decision 0060.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.reports.words import DRUG_CLASSES, LANES, enrolled_days, enrolment_told, phrase, plural, sentence_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.reports.case_file import CaseFile, Row


WIDTH = 1120
LABEL_WIDTH = 172
STATE_WIDTH = 206
PLOT_LEFT = LABEL_WIDTH
PLOT_RIGHT = WIDTH - STATE_WIDTH
TOP = 50
LANE_HEIGHT = 25
MARGIN_DAYS = 12
SHOWN_GAP_DAYS = 10
MOST_MONTH_LABELS = 15
HALF_TICK = 7

MEASURES: Mapping[str, tuple[str, str]] = {
    "exercise": ("date", "dates"),
    "manipulation": ("date", "dates"),
    "acupuncture": ("date", "dates"),
    "psychological": ("session", "sessions"),
    "interdisciplinary": ("hour", "hours"),
    "medication": ("class", "classes"),
}
NONE_FOUND = "none found in the data received"


@dataclass(frozen=True)
class Lane:
    """One lane: its words, where it is drawn, and the paths of its marks by their style."""

    name: str
    label: str
    middle: float
    state: str
    empty: str
    is_detail: bool = False
    paths: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """Days of the look-back without enrolment, as a box with its length in words."""

    left: float
    width: float
    text: str


@dataclass(frozen=True)
class Timeline:
    """The geometry of one timeline, with its title and description for those who do not see it."""

    title: str
    description: str
    height: float
    lanes: Sequence[Lane]
    gaps: Sequence[Gap]
    month_ticks: str
    month_labels: Sequence[tuple[float, str]]
    look_back_left: float
    look_back_width: float
    look_back_text: str
    anchor: float
    anchor_text: str


def timeline(case: CaseFile, *, has_eligibility: bool) -> Timeline:
    """The timeline of one case: the look-back, what lies before it where something does, and what came after.

    ``has_eligibility`` says whether an eligibility extract was ever delivered; without one, enrolment cannot be told.
    """
    scale = _scale(case)
    lanes = list(_lanes(case, scale, has_eligibility=has_eligibility))
    look_back_left, anchor = scale.x(case.look_back_start_date), scale.x(case.anchor_date)
    return Timeline(
        title=f"Timeline of case {case.review['case_id']}",
        description=_description(case, lanes),
        height=TOP + LANE_HEIGHT * len(lanes) + 8,
        lanes=lanes,
        gaps=tuple(_gaps(case, scale)),
        month_ticks=" ".join(f"M{x:.1f} {TOP - 6}v6" for x, _ in scale.months()),
        month_labels=scale.month_labels(),
        look_back_left=look_back_left,
        look_back_width=round(anchor - look_back_left, 1),
        look_back_text=f"Look-back: {case.look_back_start_date} to {case.anchor_date - timedelta(days=1)}",
        anchor=anchor,
        anchor_text=f"First surgery {case.anchor_date}",
    )


@dataclass(frozen=True)
class _Scale:
    """Days to places between the labels and the states."""

    first: date
    last: date

    def x(self, value: date) -> float:
        """The place of a day, held inside the plot."""
        share = (min(max(value, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)
        return round(PLOT_LEFT + share * (PLOT_RIGHT - PLOT_LEFT), 1)

    def months(self) -> list[tuple[float, date]]:
        """The first day of every month in the plot, with its place."""
        days = []
        month = date(self.first.year, self.first.month, 1)
        while month <= self.last:
            if month >= self.first:
                days.append((self.x(month), month))
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return days

    def month_labels(self) -> tuple[tuple[float, str], ...]:
        """Labels at every month, or every second, third, sixth or twelfth, whichever are few enough to read."""
        months = self.months()
        step = next((step for step in (1, 2, 3, 6) if len(months) / step <= MOST_MONTH_LABELS), 12)
        labelled = [(x, month) for x, month in months if (month.month - 1) % step == 0 and x < PLOT_RIGHT - 18]
        return tuple(
            (x, f"{month:%Y}" if month.month == 1 else (f"{month:%b}" if place else f"{month:%b %Y}"))
            for place, (x, month) in enumerate(labelled)
        )


def _scale(case: CaseFile) -> _Scale:
    horizon = case.look_back_start_date - timedelta(days=730)
    starts = [event["start_date"] for event in case.events if event["start_date"] >= horizon]
    ends = [event["end_date"] for event in case.events]
    margin = timedelta(days=MARGIN_DAYS)
    return _Scale(
        min([case.look_back_start_date, *starts]) - margin,
        max([case.review["last_event_date"] + timedelta(days=45), *ends]) + margin,
    )


def _lanes(case: CaseFile, scale: _Scale, *, has_eligibility: bool) -> Iterable[Lane]:
    middle = TOP + LANE_HEIGHT / 2
    yield _enrolment_lane(case, scale, middle, has_eligibility=has_eligibility)
    states = {group["care_group"]: group for group in case.groups}
    for name, label in LANES.items():
        middle += LANE_HEIGHT
        events = [event for event in case.events if event["lane"] == name]
        classes: Sequence[str] = ()
        if name == "medication":
            classes = sorted({event["modality"] for event in events}, key=_class_order)
        own = [event for event in events if not classes or event["modality"] == "statement"]
        yield Lane(
            name=name,
            label=label,
            middle=middle,
            state=_state(case, name, states.get(name), events),
            empty="" if events else _empty(case, name, states.get(name)),
            paths=_paths(own, name, scale, middle),
        )
        for drug_class in classes:
            if drug_class == "statement":
                continue
            middle += LANE_HEIGHT
            of_class = [event for event in events if event["modality"] == drug_class]
            yield Lane(
                name=name,
                label=DRUG_CLASSES.get(drug_class, sentence_case(drug_class)),
                middle=middle,
                state=_class_state(of_class),
                empty="",
                is_detail=True,
                paths=_paths(of_class, name, scale, middle),
            )


def _class_order(drug_class: str) -> tuple[int, str]:
    known = list(DRUG_CLASSES)
    return (known.index(drug_class) if drug_class in known else len(known), drug_class)


def _enrolment_lane(case: CaseFile, scale: _Scale, middle: float, *, has_eligibility: bool) -> Lane:
    asked = case.parameters["lookback_days"]
    paths: dict[str, str] = {}
    for span in case.spans:
        style = "enrolled" if span["has_pharmacy_benefit"] else "enrolled-no-drugs"
        if (
            span["start_date"] <= span["end_date"]
            and span["end_date"] >= scale.first
            and span["start_date"] <= scale.last
        ):
            left, right = scale.x(span["start_date"]), scale.x(span["end_date"])
            paths[style] = paths.get(style, "") + _box(left, max(right - left, 1.5), middle, 4)
    empty = ""
    if not paths:
        empty = (
            "none found in the data received"
            if has_eligibility
            else "cannot tell: no eligibility extract was delivered"
        )
        if case.review["enrollment_complete"]:
            empty = "assumed by the run: no eligibility extract was delivered"
    return Lane(
        name="enrolment",
        label="Enrolment",
        middle=middle,
        state=enrolled_days(case.review, asked) + _in_conflict(case) if has_eligibility else "cannot tell",
        empty=empty,
        paths=paths,
    )


def _in_conflict(case: CaseFile) -> str:
    care = sum(gap["care_count"] for gap in case.gaps)
    return f"; {care} in conflict" if care else ""


def _gaps(case: CaseFile, scale: _Scale) -> Iterable[Gap]:
    """The unenrolled parts of the look-back, both ends in; none is drawn where no span is."""
    if case.spans:
        for gap in case.gaps:
            yield _gap(gap["start_date"], gap["day_count"], scale)


def _gap(start: date, days: int, scale: _Scale) -> Gap:
    left, right = scale.x(start), scale.x(start + timedelta(days=days))
    text = f"{days} days not enrolled" if right - left > 110 else (f"{days} d" if days >= SHOWN_GAP_DAYS else "")  # noqa: PLR2004 - what fits
    return Gap(left=left, width=max(round(right - left, 1), 1.5), text=text if right - left > 24 else "")  # noqa: PLR2004


def _state(  # noqa: C901, PLR0911 - one return a state
    case: CaseFile, name: str, group: Mapping[str, Any] | None, events: Sequence[Row]
) -> str:
    if group is None:
        if not events:
            return "none found"
        days = sorted({event["start_date"] for event in events})
        return str(days[0]) if len(days) == 1 else f"{days[0]} and {len(days) - 1} more"
    one, many = MEASURES[name]
    measure, asked = float(group["measure"] or 0), float(group["threshold"] or 0)
    if group["has_failure_statement"]:
        return "adequate: failure statement"
    match group["state"]:
        case "adequate":
            return f"adequate: {plural(measure, one, many)}"
        case "short" if measure >= asked:
            return f"short: {plural(measure, one, many)}, too few days"
        case "short":
            return f"short: {plural(measure, one, many)}, {asked:.0f} asked"
        case "unknown":
            return "cannot tell"
        case _ if name == "psychological" and any(
            event["counts_reason"] == "evaluation_not_treatment" for event in events
        ):
            return "none found; evaluated"
        case _ if any(_in_look_back(case, event) for event in events):
            return "none that counts"
        case _ if events:
            return "none in the look-back"
        case _:
            return "none found"


def _in_look_back(case: CaseFile, event: Mapping[str, Any]) -> bool:
    return bool(case.look_back_start_date <= event["end_date"] and event["start_date"] < case.anchor_date)


def _class_state(events: Sequence[Row]) -> str:
    counting = [event for event in events if event["counts"] == "yes"]
    if not counting:
        return f"{plural(len(events), 'fill')}, none counts"
    return f"{plural(len(counting), 'fill')}, {sum(float(event['quantity'] or 0) for event in counting):,.0f} days"


def _empty(case: CaseFile, name: str, group: Mapping[str, Any] | None) -> str:
    if name == "medication" and not case.review["drugs_visible"]:
        return "cannot tell: drug fills cannot be seen"
    if group is not None and group["state"] == "unknown":
        return "cannot tell"
    if group is not None and not case.review["enrollment_complete"]:
        days = case.review["enrolled_days"]
        return (
            "none found; which days the member was enrolled is unknown"
            if days is None
            else f"none found in the {days} days enrolled; cannot tell for the rest"
        )
    if name == "revision_or_complication" and "follow_up_incomplete" in case.review["notes"]:
        return "none found so far; the data end before 24 months"
    return NONE_FOUND


def _paths(events: Iterable[Row], lane: str, scale: _Scale, middle: float) -> dict[str, str]:
    """The marks of a lane, by style: shape tells as much as colour."""
    paths: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for event in events:
        left, right = scale.x(event["start_date"]), scale.x(event["end_date"])
        marks = [_mark(event, lane, left, right, middle)]
        if event["is_in_enrollment_gap"]:
            marks.append(("conflict", _ring(left, middle)))
        for style, mark in marks:
            if (style, mark) not in seen:
                seen.add((style, mark))
                paths[style] = paths.get(style, "") + mark
    return dict(sorted(paths.items()))


def _mark(  # noqa: PLR0911 - one return a shape
    event: Mapping[str, Any], lane: str, left: float, right: float, middle: float
) -> tuple[str, str]:
    is_counting = event["counts"] == "yes"
    if event["modality"] == "statement":
        width = max(right - left, 2)
        shape = f"M{left} {middle - 6}v12m0-6h{width:.1f}m0-6v12"
        return ("statement" if is_counting else "statement-open"), shape
    if lane == "medication" and is_counting:
        return "fill", _box(left, max(right - left, 2), middle, 5)
    if lane == "trial":
        return "device", f"M{left} {middle - 8}l8 15h-16z"
    if lane == "implant":
        return "device", f"M{left - 7} {middle - 7}h14v14h-14z"
    if lane == "revision_or_complication":
        return "after", f"M{left} {middle - 8}l8 8l-8 8l-8-8z"
    if lane == "surgery_or_indication":
        return "support", f"M{left - 2} {middle - 7}h4v5h5v4h-5v5h-4v-5h-5v-4h5z"
    if is_counting:
        return "service", f"M{left} {middle - HALF_TICK}v{2 * HALF_TICK}"
    return "other", f"M{left - 4} {middle - 4}l8 8m0-8l-8 8"


def _ring(left: float, middle: float) -> str:
    """A ring around a mark: what it shows and the enrolment cannot both be right."""
    return f"M{left - 8:.1f} {middle}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0"


def _box(left: float, width: float, middle: float, half: float) -> str:
    return f"M{left} {middle - half}h{width:.1f}v{2 * half}h-{width:.1f}z"


def _description(case: CaseFile, lanes: Sequence[Lane]) -> str:
    told = "; ".join(f"{lane.label}: {lane.empty or lane.state}" for lane in lanes)
    enrolment = enrolment_told(case.review, case.parameters["lookback_days"], case.gaps)
    return (
        f"Look-back from {case.look_back_start_date} to {case.anchor_date - timedelta(days=1)}, first surgery on "
        f"{case.anchor_date} ({phrase(case.review['episode_kind'])}). {told}."
        f"{f' Enrolment: {enrolment}.' if enrolment else ''}"
    )
