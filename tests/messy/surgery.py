"""Implant claims and the scenarios of docs/rule.md 3: trials, permanents, exchanges, aborted and shared claims."""

from collections.abc import Callable
from datetime import date

from tests.messy.builder import Claim, Member, days, piece, text_day
from tests.messy.codes import ICD10_FROM, LINE_SYSTEMS, PROCEDURE_SYSTEMS
from tests.messy.diagnoses import Billed, billed, pointer

LEADS = ("trial_or_lead", "trial_or_lead", "trial_or_lead", "paddle_lead", "pns_lead")
TRIAL_LINK = (1, 3, 4, 7, 14, 30, 60, 118, 119, 120, 121, 122)
CLEAN_PERIOD = (1, 100, 121, 365, 728, 729, 730, 731, 732)
SAME_SURGERY = (0, 1, 2, 3, 4, 5)
PROFESSIONAL, OUTPATIENT, INPATIENT = "professional", "outpatient", "inpatient"


def index_claim(
    m: Member,
    day: date,
    roles: tuple[str, ...],
    *,
    dx: Billed | None = None,
    setting: str | None = None,
    modifier: str | None = None,
    line_days: tuple[int, ...] = (),
) -> Claim:
    """One claim with a line (or, inpatient, a procedure row) for every role, in one of the three settings."""
    setting = setting or m.rng.choices((PROFESSIONAL, OUTPATIENT, INPATIENT), (5, 4, 2))[0]
    m.saw(f"setting_{setting}")
    dx = dx or billed(m, day)
    claim = m.claim(day, dx.codes, code_type=dx.code_type)
    if setting == INPATIENT:
        _inpatient_rows(m, claim, roles, line_days)
        return claim
    for position, role in enumerate(roles):
        code = _line_code(m, day, role)
        if role in ("trial_or_lead", "paddle_lead", "pns_lead", "generator", "one_piece"):
            m.index_codes.append(code)
        offset = line_days[position] if position < len(line_days) else 0
        m.line(
            claim,
            code,
            day + days(offset),
            claim_type="professional" if setting == PROFESSIONAL else "institutional",
            bill_type_code="0131" if setting == OUTPATIENT else None,
            revenue_center_code="0360" if setting == OUTPATIENT else None,
            diagnosis_pointer=pointer(m, dx) if setting == PROFESSIONAL else None,
            hcpcs_modifier_1=modifier or m.rng.choice((None, None, "RT", "59")),
        )
    return claim


def _line_code(m: Member, day: date, role: str) -> str:
    if role in ("trial_or_lead", "paddle_lead", "pns_lead"):
        return m.codes.index(m.rng, day, role, opens="yes")
    return m.codes.index(m.rng, day, role, systems=LINE_SYSTEMS)


def _inpatient_rows(m: Member, claim: Claim, roles: tuple[str, ...], line_days: tuple[int, ...]) -> None:
    """A stay: revenue lines, the surgery as ICD procedure rows, with or without dates and types."""
    before, after = m.rng.choice((0, 0, 1, 2)), m.rng.choice((0, 1, 3))
    start, end = claim.day - days(before), claim.day + days(after)
    m.line(
        claim,
        None,
        claim.day,
        claim_type="institutional",
        bill_type_code="0111",
        revenue_center_code=m.rng.choice(("0360", "0278")),
        claim_start_date=text_day(start) if m.chance(0.9) else None,
        claim_end_date=text_day(end) if m.chance(0.8) else None,
        paid_amount="25000.00",
    )
    m.saw("stay_over_code_switch" if start < ICD10_FROM <= end else "stay")
    for position, role in enumerate(roles):
        try:
            found = m.codes.pick(
                m.rng,
                "index_procedures",
                claim.day,
                role=role,
                code_system=PROCEDURE_SYSTEMS,
                value_set=("scs_index", "pns_index", "scs_revision", "pns_revision"),
            )
        except LookupError:
            m.line(claim, _line_code(m, claim.day, role), claim.day, claim_type="institutional")
            continue
        offset = line_days[position] if position < len(line_days) else 0
        dated = m.chance(0.75)
        m.saw("procedure_dated" if dated else "procedure_without_date")
        m.procedure(
            claim,
            found.code,
            claim.day + days(offset) if dated else None,
            found.system if m.chance(0.5) else None,
        )


def lead(m: Member) -> str:
    return m.rng.choice(LEADS)


# -- event scenarios: each sets m.first (the anchor meant) and m.last ---------------------------------


@piece
def trial_alone(m: Member) -> None:
    index_claim(m, m.anchor, (lead(m),) * m.rng.choice((1, 2)))


@piece
def paddle_trial_alone(m: Member) -> None:
    index_claim(m, m.anchor, ("paddle_lead",), setting=m.rng.choice((PROFESSIONAL, OUTPATIENT, INPATIENT)))


@piece
def permanent_alone(m: Member) -> None:
    index_claim(m, m.anchor, (lead(m), "generator"))


@piece
def permanent_over_two_claims(m: Member) -> None:
    """Surgeon and facility bill apart, 0 to 5 days apart: one event up to 3 days, two from 4."""
    apart = m.edge("same_surgery_days", SAME_SURGERY)
    dx = billed(m, m.anchor)
    index_claim(m, m.anchor, (lead(m),), dx=dx, setting=PROFESSIONAL)
    index_claim(m, m.anchor + days(apart), (lead(m), "generator"), dx=dx if m.chance(0.7) else None)
    m.last = m.anchor + days(apart)


@piece
def one_piece_implant(m: Member) -> None:
    """Codes such as 0784T, often before their start date."""
    day = m.anchor
    code = m.codes.index(m.rng, day, "one_piece", valid=m.rng.choice((True, False, None)))
    dx = billed(m, day)
    claim = m.claim(day, dx.codes, code_type=dx.code_type)
    m.line(claim, code, day, diagnosis_pointer=pointer(m, dx))
    m.index_codes.append(code)
    if m.chance(0.3):
        m.line(claim, m.codes.index(m.rng, day, "pns_lead", opens="no", valid=None), day)


@piece
def trial_then_permanent(m: Member) -> None:
    gap = m.edge("trial_link_days", TRIAL_LINK)
    index_claim(m, m.anchor, (lead(m),))
    if m.chance(0.4):
        index_claim(m, m.anchor + days(min(gap, 7)), ("removal",), setting=PROFESSIONAL)
    index_claim(m, m.anchor + days(gap), m.rng.choice(((lead(m), "generator"), ("generator",))))
    m.last = m.anchor + days(gap)


@piece
def two_trials_then_permanent(m: Member) -> None:
    second = m.edge("second_trial_days", (4, 30, 60, 119, 120, 121))
    index_claim(m, m.anchor, (lead(m),))
    index_claim(m, m.anchor + days(second), (lead(m),))
    gap = m.edge("trial_link_days", TRIAL_LINK)
    last = m.anchor + days(m.rng.choice((second + gap, max(gap, second + 1))))
    index_claim(m, last, (lead(m), "generator"))
    m.last = last


@piece
def unlinked_trials(m: Member) -> None:
    """Joined to the first of them within 120 days, not to each other."""
    offsets = m.rng.choice(((0, 119), (0, 120), (0, 121), (0, 100, 200), (0, 60, 120, 180), (0, 121, 200)))
    m.saw(f"unlinked_trials={offsets}")
    for offset in offsets:
        index_claim(m, m.anchor + days(offset), (lead(m),))
    m.last = m.anchor + days(max(offset for offset in offsets if offset <= 120))


@piece
def earlier_permanent(m: Member) -> None:
    gap = m.edge("clean_period_days", CLEAN_PERIOD)
    index_claim(m, m.anchor - days(gap), (lead(m), "generator"))
    _new_system(m)


@piece
def permanent_between_trial_and_permanent(m: Member) -> None:
    """[T, event - 1] holds another permanent event."""
    index_claim(m, m.anchor, (lead(m),))
    between = m.rng.choice((4, 10, 30))
    index_claim(m, m.anchor + days(between), (lead(m), "generator"))
    m.last = m.anchor + days(m.edge("trial_link_days", (between + 4, 60, 119, 120, 121)))
    index_claim(m, m.last, (lead(m), "generator"))


@piece
def generator_alone(m: Member) -> None:
    """An exchange, unless a companion claim or an earlier trial brings the lead."""
    dx = billed(m, m.anchor)
    index_claim(m, m.anchor, ("generator",), dx=dx)
    match m.rng.randrange(4):
        case 0:
            m.saw("generator_with_companion_lead")
            apart = m.edge("companion_days", (0, 3, 4))
            claim = m.claim(m.anchor + days(apart), dx.codes)
            m.line(claim, m.codes.index(m.rng, m.anchor, "pns_lead", opens="no", valid=None), claim.day)
        case 1:
            index_claim(m, m.anchor - days(m.edge("clean_period_days", CLEAN_PERIOD)), (lead(m), "generator"))
        case 2:
            index_claim(m, m.anchor, ("removal",), setting=m.rng.choice((PROFESSIONAL, OUTPATIENT, INPATIENT)))
        case _:
            pass


@piece
def lead_exchange(m: Member) -> None:
    """A removal on the lead's day on an index claim; on another day or another claim it is none."""
    apart = m.edge("removal_apart", (0, 0, 0, 1, 2))
    claim = index_claim(m, m.anchor, (lead(m), "removal"), line_days=(0, apart))
    if m.chance(0.3):
        index_claim(m, m.anchor, ("removal",), setting=PROFESSIONAL)
    if m.chance(0.3):
        m.procedure(claim, m.codes.index(m.rng, m.anchor, "removal", systems=PROCEDURE_SYSTEMS), m.anchor, None)
    if m.chance(0.5):
        m.saw("lead_exchange_after_trial")
        index_claim(m, m.anchor - days(m.edge("trial_link_days", TRIAL_LINK)), (lead(m),))


@piece
def revision_on_index_claim(m: Member) -> None:
    index_claim(m, m.anchor, (lead(m), "revision"), line_days=(0, m.rng.choice((0, 3, 4, 10))))
    if m.chance(0.4):
        index_claim(m, m.anchor - days(m.edge("trial_link_days", TRIAL_LINK)), (lead(m),))


@piece
def revision_before(m: Member) -> None:
    gap = m.edge("clean_period_days", CLEAN_PERIOD)
    if m.chance(0.3):
        index_claim(m, m.anchor - days(gap), ("revision",), setting=INPATIENT)
    else:
        index_claim(
            m, m.anchor - days(gap), (m.rng.choice(("revision", "removal", "programming")),), setting=PROFESSIONAL
        )
    _new_system(m)


@piece
def device_history_diagnosis(m: Member) -> None:
    """Z45.42 or Z96.82 before the implant, or on its claim, with and without a trial before."""
    when = m.edge("clean_period_days", (0, *CLEAN_PERIOD))
    day = m.anchor - days(when)
    history = m.codes.diagnosis(m.rng, "other_indications", day, indication_class="device_history")
    if when:
        m.visit(day, m.rng.choice(("99213", "95972")), [history])
        _new_system(m)
        return
    dx = billed(m, m.anchor)
    index_claim(m, m.anchor, (lead(m), "generator"), dx=Billed((*dx.codes, history), dx.meant, dx.pointer))
    if m.chance(0.5):
        m.saw("device_history_after_trial")
        m.first = m.anchor - days(m.edge("trial_link_days", TRIAL_LINK))
        index_claim(m, m.first, (lead(m),))
        m.last = m.anchor


@piece
def aborted(m: Member) -> None:
    """Modifier 53, 73 or 74 on all, or only on some, of the index lines; a procedure row beside them."""
    claim = index_claim(m, m.anchor, (lead(m), lead(m)), setting=m.rng.choice((PROFESSIONAL, OUTPATIENT)))
    column = m.rng.choice(("hcpcs_modifier_1", "hcpcs_modifier_2", "hcpcs_modifier_5"))
    on_all = m.chance(0.65)
    m.saw("aborted_all_lines" if on_all else "aborted_some_lines")
    for line in claim.lines if on_all else claim.lines[:1]:
        line[column] = m.rng.choice(("53", "73", "74"))
    if m.chance(0.2):
        m.saw("aborted_with_procedure_row")
        index_claim(m, m.anchor, (lead(m),), setting=INPATIENT)
    if m.chance(0.5):
        m.saw("aborted_then_redone")
        m.last = m.anchor + days(m.edge("trial_link_days", (4, 30, 119, 120, 121)))
        index_claim(m, m.last, m.rng.choice(((lead(m),), (lead(m), "generator"))))


@piece
def days_zero_three_six(m: Member) -> None:
    offsets = m.rng.choice(((0, 3, 6), (0, 2, 4), (0, 4, 7), (0, 3, 4), (0, 1, 2, 3, 4)))
    m.saw(f"event_days={offsets}")
    for offset in offsets:
        index_claim(m, m.anchor + days(offset), (lead(m),))
    m.last = m.anchor + days(offsets[-1])


@piece
def opens_only_with_low_back_pain(m: Member) -> None:
    """64590, 0JH.., 86.9., 01HY..: index lines only with low back pain billed."""
    day = m.anchor
    systems = m.rng.choice((LINE_SYSTEMS, PROCEDURE_SYSTEMS))
    code = m.codes.pick(m.rng, "index_procedures", day, opens_event="with_low_back_pain_diagnosis", code_system=systems)
    if m.chance(0.6):
        dx = Billed((m.codes.neutral(m.rng, day), m.codes.lbp(m.rng, day)), (m.rng.choice((1, 2)),))
    else:
        dx = billed(m, day)
    claim = m.claim(day, dx.codes, code_type=dx.code_type)
    if code.system in LINE_SYSTEMS:
        m.line(claim, code.code, day, diagnosis_pointer=pointer(m, dx))
        m.index_codes.append(code.code)
    else:
        kind = m.rng.choice(("institutional", "institutional", "professional"))
        m.line(claim, None, day, claim_type=kind, revenue_center_code="0360")
        m.procedure(claim, code.code, day if m.chance(0.7) else None, code.system if m.chance(0.5) else None)
    if m.chance(0.5):
        index_claim(m, day, (lead(m),), dx=dx)


@piece
def companion_shared_by_two_events(m: Member) -> None:
    """A device claim whose lines reach into two events; a claim with index lines of both."""
    gap = m.edge("trial_link_days", (4, 5, 6, 7))
    index_claim(m, m.anchor, (lead(m),))
    index_claim(m, m.anchor + days(gap), (lead(m), "generator"))
    m.last = m.anchor + days(gap)
    supply = m.claim(m.anchor, [m.codes.lbp(m.rng, m.anchor)])
    for offset in (m.rng.choice((0, 3)), m.rng.choice((gap, gap + 3, gap + 4))):
        role = m.rng.choice(("device_supply", "programming", "removal"))
        m.line(supply, m.codes.index(m.rng, m.anchor, role), m.anchor + days(offset))
    if m.chance(0.5):
        m.saw("one_index_claim_of_two_events")
        both = m.claim(m.anchor, billed(m, m.anchor).codes)
        m.line(both, m.codes.index(m.rng, m.anchor, "trial_or_lead", opens="yes"), m.anchor)
        m.line(both, m.codes.index(m.rng, m.anchor, "generator", opens="yes"), m.anchor + days(gap))


@piece
def device_companions(m: Member) -> None:
    """Supply lines on claims of their own, at the edge of the surgery's days, some out of scope."""
    _new_system(m)
    for _ in range(m.rng.choice((1, 2))):
        apart = m.edge("companion_days", (-1, 0, 1, 3, 4))
        value_set = m.rng.choice(("device_supply", "device_supply", "programming", "not_in_scope_neurostim"))
        m.saw(f"companion_{value_set}")
        code = m.codes.pick(m.rng, "index_procedures", m.anchor, value_set=value_set, code_system=LINE_SYSTEMS)
        m.visit(m.anchor + days(apart), code.code, [m.codes.lbp(m.rng, m.anchor)])


@piece
def stay_with_procedure_rows(m: Member) -> None:
    """The surgery stands in `claim_procedure` alone; at times no line of the claim counts."""
    roles = m.rng.choice(
        (("trial_or_lead",), ("paddle_lead", "generator"), ("pns_lead",), ("trial_or_lead", "removal"))
    )
    claim = index_claim(m, m.anchor, roles, setting=INPATIENT)
    if m.chance(0.15):
        m.saw("procedure_rows_without_counting_line")
        m.set_header(claim, claim_status="denied")
    if m.chance(0.3):
        m.saw("procedure_row_delivered_twice")
        claim.procedures.append(
            {**claim.procedures[0], "_late": "1"} if claim.procedures else {**_blank_procedure(claim)}
        )


def _blank_procedure(claim: Claim) -> dict[str, str | None]:
    return {"claim_id": claim.claim_id, "procedure_rank": "9", "procedure_code": "0SG0071", "procedure_code_type": None}


@piece
def out_of_scope_stimulator(m: Member) -> None:
    """Cranial, sacral, vagus: no index line. So are codes that open no event."""
    code = m.codes.pick(m.rng, "index_procedures", m.anchor, value_set="not_in_scope_neurostim")
    m.visit(m.anchor, code.code, [m.codes.lbp(m.rng, m.anchor)])
    if m.chance(0.5):
        m.visit(m.anchor, m.codes.index(m.rng, m.anchor, "pns_lead", opens="no"), [m.codes.lbp(m.rng, m.anchor)])


@piece
def explant_then_new_system(m: Member) -> None:
    gone = m.anchor - days(m.rng.choice((30, 200, 700)))
    index_claim(m, gone, ("removal",), setting=m.rng.choice((PROFESSIONAL, INPATIENT)))
    _new_system(m)


def _new_system(m: Member) -> None:
    if m.chance(0.4):
        trial_then_permanent(m)
    else:
        index_claim(m, m.anchor, m.rng.choice(((lead(m), "generator"), (lead(m),))))


SCENARIOS: tuple[tuple[Callable[[Member], None], int], ...] = (
    (trial_alone, 14),
    (paddle_trial_alone, 4),
    (permanent_alone, 14),
    (permanent_over_two_claims, 7),
    (one_piece_implant, 4),
    (trial_then_permanent, 18),
    (two_trials_then_permanent, 5),
    (unlinked_trials, 4),
    (earlier_permanent, 5),
    (permanent_between_trial_and_permanent, 2),
    (generator_alone, 4),
    (lead_exchange, 4),
    (revision_on_index_claim, 2),
    (revision_before, 3),
    (device_history_diagnosis, 4),
    (aborted, 4),
    (days_zero_three_six, 2),
    (opens_only_with_low_back_pain, 4),
    (companion_shared_by_two_events, 3),
    (device_companions, 4),
    (stay_with_procedure_rows, 4),
    (out_of_scope_stimulator, 1),
    (explant_then_new_system, 2),
)


def surgery(m: Member) -> None:
    functions, weights = zip(*SCENARIOS, strict=True)
    m.rng.choices(functions, weights)[0](m)
