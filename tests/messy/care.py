"""Conservative care in claims: courses at the edges of docs/rule.md 6, what needs a back code, what never counts."""

from collections.abc import Callable, Sequence
from datetime import date

from tests.messy.builder import Claim, Member, days, piece
from tests.messy.codes import LINE_SYSTEMS

LOOKBACK = (364, 365, 366)
"""Days before the anchor: the look-back begins 365 days before it."""


def care_line(m: Member, day: date, code: str, *, back: bool = True, **columns: str | None) -> Claim:
    """A line on a claim of its own, with or without a back code among the diagnoses."""
    dx: list[str | None] = [m.codes.neutral(m.rng, day)] if m.chance(0.3) else []
    if back:
        dx.append(m.codes.back(m.rng, day))
    elif not dx:
        dx = [m.rng.choice((m.codes.neutral(m.rng, day), m.codes.pain_label(m.rng, day)))]
    return m.visit(day, code, dx, **columns)


def group_code(m: Member, group: str, day: date, *, counts: str = "yes", **columns: str | tuple[str, ...]) -> str:
    return m.codes.pick(
        m.rng,
        "conservative_care",
        day,
        valid=True,
        care_group=group,
        counts=counts,
        code_system=LINE_SYSTEMS,
        **columns,
    ).code


def course(m: Member, group: str, offsets: Sequence[int], *, same_claim: bool = False) -> None:
    """Services of a group, `offsets` days before the anchor; at times all of them lines of one claim."""
    if same_claim:
        first = m.first - days(max(offsets))
        claim = m.claim(first, [m.codes.back(m.rng, first)])
        for offset in sorted(offsets, reverse=True):
            day = m.first - days(offset)
            m.line(claim, group_code(m, group, day), day)
        return
    for offset in offsets:
        day = m.first - days(offset)
        care_line(m, day, group_code(m, group, day))


def spread(last_offset: int, count: int, span: int) -> list[int]:
    """`count` distinct days, `span` days from first to last, the last `last_offset` before the anchor."""
    return [last_offset + round(position * span / (count - 1)) for position in range(count)]


# -- exercise -----------------------------------------------------------------------------------------


@piece
def adequate_exercise(m: Member) -> None:
    course(m, "exercise", spread(m.rng.randrange(1, 280), m.rng.choice((7, 8)), 60), same_claim=m.chance(0.2))


@piece
def exercise_dates_edge(m: Member) -> None:
    count = m.edge("exercise_min_dates", (5, 6, 7, 11, 12))
    offsets = spread(m.rng.randrange(5, 200), count, 60)
    if m.chance(0.5):
        m.saw("exercise_two_lines_a_day")
        offsets.append(offsets[2])
    course(m, "exercise", offsets)


@piece
def exercise_span_edge(m: Member) -> None:
    course(m, "exercise", spread(m.rng.randrange(1, 200), 7, m.edge("exercise_min_span_days", (41, 42, 43))))


@piece
def exercise_gap_edge(m: Member) -> None:
    """Two runs of three dates: one course if the gap is 28, none that is long enough if 29."""
    gap, last = m.edge("exercise_max_gap_days", (27, 28, 29, 30)), m.rng.randrange(1, 150)
    run = [last, last + 7, last + 14]
    course(m, "exercise", [*run, run[-1] + gap, run[-1] + gap + 7, run[-1] + gap + 14])


@piece
def exercise_at_look_back_start(m: Member) -> None:
    """The sixth date stands on day 364, 365 or 366 before the anchor."""
    first = m.edge("lookback_days", LOOKBACK)
    course(m, "exercise", [first, first - 9, first - 18, first - 27, first - 36, first - 45])


@piece
def exercise_up_to_anchor(m: Member) -> None:
    """The sixth date stands on the anchor day (no prior care) or the day before."""
    last = m.edge("last_care_offset", (0, 1, 2))
    course(m, "exercise", [last, last + 9, last + 18, last + 27, last + 36, last + 45])


@piece
def exercise_revenue_lines(m: Member) -> None:
    """Facility lines: the revenue code counts only where there is no HCPCS code."""
    last = m.rng.randrange(1, 200)
    for offset in spread(last, 7, 54):
        day = m.first - days(offset)
        revenue = m.codes.pick(
            m.rng,
            "conservative_care",
            day,
            code_system="revenue-code",
            counts=m.rng.choice(("yes", "yes", "yes", "no")),
        )
        hcpcs = m.rng.choice((None, None, None, "97110", "99213", "97140"))
        m.saw("revenue_with_hcpcs" if hcpcs else "revenue_without_hcpcs")
        care_line(
            m,
            day,
            "",
            hcpcs_code=hcpcs,
            revenue_center_code=revenue.code,
            claim_type="institutional",
            bill_type_code="0131",
        )


@piece
def exercise_without_back_code(m: Member) -> None:
    missing = m.rng.choice((1, 3, 7))
    for position, offset in enumerate(spread(m.rng.randrange(1, 200), 7, 60)):
        day = m.first - days(offset)
        care_line(m, day, group_code(m, "exercise", day), back=position >= missing)


# -- the other groups ---------------------------------------------------------------------------------


@piece
def adequate_manipulation(m: Member) -> None:
    course(m, "manipulation", spread(m.rng.randrange(1, 250), 7, 70))


def _window_edge(m: Member, group: str) -> None:
    """Six dates in 83 to 86 days: enough up to 84. Five dates, or a seventh far off, change nothing."""
    count = m.edge(f"{group}_dates", (5, 6, 6, 6))
    span = m.edge(f"{group}_window_days", (83, 84, 85, 86))
    offsets = spread(m.rng.randrange(1, 150), count, span)
    if m.chance(0.3):
        offsets.append(offsets[-1] + 100)
    if m.chance(0.3):
        offsets.append(offsets[1])
    course(m, group, offsets)


@piece
def manipulation_window_edge(m: Member) -> None:
    _window_edge(m, "manipulation")


@piece
def acupuncture_window_edge(m: Member) -> None:
    _window_edge(m, "acupuncture")


@piece
def psychological_sessions(m: Member) -> None:
    count = m.edge("psychological_min_sessions", (3, 4, 5))
    span = m.edge("psychological_min_span_days", (27, 28, 29, 60))
    course(m, "psychological", spread(m.rng.randrange(1, 250), count, span))


@piece
def psychological_without_back_code(m: Member) -> None:
    """Health-behaviour codes need no back code; psychotherapy codes do."""
    for offset in spread(m.rng.randrange(1, 200), 5, 50):
        day = m.first - days(offset)
        needs = m.rng.choice(("yes", "no"))
        m.saw(f"psychological_needs_back_{needs}")
        care_line(m, day, group_code(m, "psychological", day, needs_back_diagnosis=needs), back=False)


@piece
def interdisciplinary_hours(m: Member) -> None:
    """Hours at 19, 20, 21 in all; units blank, 0, large; eight hours a date at most."""
    hours = m.edge("interdisciplinary_min_hours", (19, 20, 21))
    if m.chance(0.3):
        m.saw("interdisciplinary_day_over_cap")
        start = m.rng.randrange(5, 200)
        for offset, units in ((start, m.rng.choice(("9", "99"))), (start + 3, "8"), (start + 6, str(hours - 16))):
            _hours_line(m, offset, "1", units)
        return
    day_offset = m.rng.randrange(1, 200)
    while hours > 0:
        per_unit = m.rng.choice(("1", "2")) if hours >= 2 else "1"
        count, written = 1, m.rng.choice(("1", None, "0", "1", "0.5", "-1"))
        if hours >= 8 and m.chance(0.6):
            count = 4 if per_unit == "2" else 5
            written = str(count)
        m.saw(f"units_{written or 'blank'}")
        _hours_line(m, day_offset, per_unit, written)
        hours -= count * int(per_unit)
        day_offset += m.rng.choice((1, 2, 3))


def _hours_line(m: Member, offset: int, per_unit: str, units: str | None) -> None:
    day = m.first - days(offset)
    code = group_code(m, "interdisciplinary", day, hours_per_unit=per_unit)
    care_line(m, day, code, service_unit_quantity=units)


# -- what does not count ------------------------------------------------------------------------------


@piece
def passive_or_marker_care(m: Member) -> None:
    """Manual therapy, passive modalities, evaluations, dry needling: in the ledger, never counting."""
    for _ in range(m.rng.choice((1, 3))):
        day = m.first - days(m.rng.choice((1, 30, 200, *LOOKBACK)))
        row = m.codes.pick(m.rng, "conservative_care", day, counts="no", code_system=LINE_SYSTEMS)
        m.saw(f"not_counting_{row.fields['modality']}")
        care_line(m, day, row.code)


@piece
def injections_and_devices(m: Member) -> None:
    """Rows of `not_conservative`: injections, ablations, TENS, braces, refusal diagnoses."""
    for _ in range(m.rng.choice((1, 2, 4))):
        day = m.first - days(m.rng.choice((1, 30, 200, *LOOKBACK)))
        row = m.codes.pick(m.rng, "not_conservative", day)
        if row.system in LINE_SYSTEMS:
            care_line(m, day, row.code, back=m.chance(0.7))
        else:
            m.visit(day, "99213", [row.code, m.codes.back(m.rng, day)])


@piece
def care_before_look_back(m: Member) -> None:
    """A full course that ended before the look-back, at the edges of the longer history."""
    last = m.edge("history_days", (364, 365, 366, 367, 400, 729, 730, 731))
    course(m, "exercise", [last] if m.chance(0.5) else spread(last, 7, 60))


@piece
def care_codes_outside_dates(m: Member) -> None:
    for offset in spread(m.rng.randrange(1, 200), 5, 40):
        day = m.first - days(offset)
        row = m.codes.pick(m.rng, "conservative_care", day, valid=False, counts="yes", code_system=LINE_SYSTEMS)
        care_line(m, day, row.code)


@piece
def single_service(m: Member) -> None:
    """One counting service only, often at the edge of the look-back."""
    group = m.rng.choice(("exercise", "manipulation", "psychological", "interdisciplinary", "acupuncture"))
    offset = m.edge("single_service_offset", (0, 1, 50, 364, 365, 366))
    course(m, group, [offset])


@piece
def care_in_rehab_stay(m: Member) -> None:
    """ICD-10-PCS prefixes of the care list on a stay: shown, not counted."""
    day = m.first - days(m.rng.randrange(10, 300))
    claim = m.claim(day, [m.codes.back(m.rng, day)])
    m.line(claim, None, day, claim_type="institutional", revenue_center_code="0118", bill_type_code="0111")
    prefix = m.codes.pick(m.rng, "conservative_care", day, code_system="icd-10-pcs-prefix").code
    m.procedure(claim, prefix + m.rng.choice(("G5ZZ", "00ZZ")), day, m.rng.choice((None, "icd-10-pcs")))


# -- the span of all care -----------------------------------------------------------------------------


@piece
def care_span_edge(m: Member) -> None:
    """Two adequate groups whose first and last service lie 181, 182 or 183 days apart."""
    span, last = m.edge("min_total_span_days", (181, 182, 183)), m.rng.randrange(1, 150)
    course(m, "exercise", spread(last + span - 60, 7, 60))
    course(m, m.rng.choice(("manipulation", "acupuncture")), spread(last, 7, 70))


@piece
def two_groups_over_half_a_year(m: Member) -> None:
    last = m.rng.randrange(1, 100)
    course(m, "exercise", spread(last + 160, 8, 60))
    course(m, m.rng.choice(("manipulation", "acupuncture", "psychological")), spread(last, 7, 70))


@piece
def care_that_waits_for_drugs(m: Member) -> None:
    """Exercise is adequate and one more group would do: with drugs not visible nobody can tell."""
    last = m.rng.randrange(1, 100)
    course(m, "exercise", spread(last + m.rng.choice((0, 130, 190)), 8, 60))
    course(m, "manipulation", [last])


@piece
def psych_evaluation(m: Member) -> None:
    """On the anchor day it still speaks; the day after it does not."""
    offset = m.edge("psych_evaluation_offset", (-1, 0, 1, 60, 364, 365, 366))
    day = m.first - days(offset)
    counts = m.rng.choice(("yes", "yes", "yes", "no"))
    row = m.codes.pick(m.rng, "psych_evaluation", day, counts=counts, code_system=LINE_SYSTEMS)
    m.visit(day, row.code, [m.codes.neutral(m.rng, day)])


PARTIAL_CARE: tuple[Callable[[Member], None], ...] = (
    adequate_exercise,
    exercise_dates_edge,
    exercise_span_edge,
    exercise_gap_edge,
    exercise_at_look_back_start,
    exercise_up_to_anchor,
    exercise_revenue_lines,
    exercise_without_back_code,
    adequate_manipulation,
    manipulation_window_edge,
    acupuncture_window_edge,
    psychological_sessions,
    psychological_without_back_code,
    interdisciplinary_hours,
    care_codes_outside_dates,
    single_service,
    care_span_edge,
)

UNCOUNTED_CARE: tuple[Callable[[Member], None], ...] = (
    passive_or_marker_care,
    injections_and_devices,
    care_before_look_back,
    care_in_rehab_stay,
)
