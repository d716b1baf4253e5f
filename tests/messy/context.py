"""Around the implant and the care: enrolment, authorizations, exclusions, history, follow-up, bad rows."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from tests.messy.builder import LONG, Claim, Member, days, piece, text_day
from tests.messy.codes import ICD10_FROM, LINE_SYSTEMS
from tests.messy.text import FILLER_CODES, FILLER_DAYS

if TYPE_CHECKING:
    from tests.messy.text import Row

LINES_OF_BUSINESS = ("commercial", "medicare_ffs", "medicare_advantage", "medicaid", "Commercial PPO")
GAP = (0, 1, 44, 45, 46, 47)


def index_claims(m: Member) -> list[Claim]:
    """The claims dated in the surgery's days, or any claim where the story has none."""
    near = [claim for claim in m.claims if claim.lines and m.first <= claim.day <= m.last]
    return near or [claim for claim in m.claims if claim.lines]


def add_diagnosis(m: Member, claim: Claim, code: str) -> None:
    ranks = [int(row["diagnosis_rank"] or 0) for row in claim.diagnoses]
    claim.diagnoses.append(
        {
            "claim_id": claim.claim_id,
            "member_id": claim.diagnoses[0]["member_id"] if claim.diagnoses else None,
            "diagnosis_rank": str(max(ranks, default=0) + 1),
            "diagnosis_code": code,
            "diagnosis_code_type": claim.diagnoses[0]["diagnosis_code_type"] if claim.diagnoses else None,
            "present_on_admit_code": None,
        }
    )


# -- enrolment ----------------------------------------------------------------------------------------


@piece
def enrolled_throughout(m: Member) -> None:
    m.span(
        m.first - days(m.rng.choice((731, 1200, 3000))),
        m.rng.choice((None, m.last + days(800), "9999-12-31", "2999-12-31")),
    )


@piece
def enrolled_with_gap(m: Member) -> None:
    """Days missing of the look-back: 44, 45, 46 at its start, in its middle or at its end."""
    gap = m.edge("max_gap_days", GAP)
    start, end = m.first - days(1500), m.last + days(800)
    where = m.rng.choice(("start", "middle", "end", "two"))
    m.saw(f"gap_at_{where}")
    match where:
        case "start":
            m.span(m.first - days(365 - gap), end)
        case "middle":
            m.span(start, m.first - days(201))
            m.span(m.first - days(200 - gap), end)
        case "end":
            m.span(start, m.first - days(gap + 1))
            if m.chance(0.6):
                m.span(m.first, end)
        case _:
            m.span(start, m.first - days(301))
            m.span(m.first - days(300 - gap // 2), m.first - days(101))
            m.span(m.first - days(100 - (gap - gap // 2)), None)


@piece
def enrolled_in_overlapping_spans(m: Member) -> None:
    m.span(m.first - days(900), m.first - days(150), line_of_business=m.rng.choice(LINES_OF_BUSINESS))
    m.span(m.first - days(250), m.last + days(10), line_of_business=m.rng.choice(LINES_OF_BUSINESS))
    m.span(m.first - days(200), m.first - days(180))


@piece
def two_lines_of_business_from_one_day(m: Member) -> None:
    """The anchor is covered by several: the one that starts last, then by name."""
    start = m.first - days(800)
    for name in m.rng.sample(LINES_OF_BUSINESS, m.rng.choice((2, 3))):
        m.span(start, m.rng.choice((None, m.first, m.first - days(1))), line_of_business=name)
    if m.chance(0.4):
        m.span(m.rng.choice((m.first, m.first - days(1), m.first + days(1))), None, line_of_business="medicare_ffs")
    if m.chance(0.3):
        m.span(start, None, line_of_business=None)


@piece
def history_enrolment_edge(m: Member) -> None:
    """Enrolled days of the two years before: 684, 685 or 686 of 730."""
    enrolled = m.edge("device_history_enrolled_days", (683, 684, 685, 686))
    m.span(m.first - days(enrolled), None)


@piece
def drugs_not_covered(m: Member) -> None:
    """No pharmacy benefit for all, or for 44 to 46 days, of the look-back."""
    if m.chance(0.4):
        m.span(m.first - days(1000), None, has_pharmacy_benefit="false")
        return
    gap = m.edge("drugs_gap_days", (44, 45, 46))
    m.span(m.first - days(1000), m.first - days(366 - gap), has_pharmacy_benefit="false")
    m.span(m.first - days(365 - gap), None, has_pharmacy_benefit=m.rng.choice(("true", None)))
    if m.chance(0.3):
        m.saw("benefit_in_overlap")
        m.span(m.first - days(365), m.first - days(300), has_pharmacy_benefit="true")


@piece
def empty_or_strange_spans(m: Member) -> None:
    """End before start, ended before 1990, open before 1990, one day long, unreadable benefit."""
    m.span(m.first - days(100), m.first - days(200))
    m.span(
        m.rng.choice(("1985-01-01", "1900-01-01", text_day(m.first - days(900)) or "")),
        m.rng.choice((None, "1989-12-31", text_day(m.last + days(400)))),
        has_pharmacy_benefit=m.rng.choice(("maybe", "true", None)),
    )
    if m.chance(0.5):
        m.span(m.first, m.first)


@piece
def spans_delivered_again(m: Member) -> None:
    """A span comes again with an end, cancelled or reopened; of another plan or payer, or with another benefit."""
    how = m.rng.choice(
        (
            *("ended", "ended", "cancelled", "reopened", "other_plan", "other_payer", "other_start", "open_start"),
            *("benefit_later", "benefit_later", "benefit_and_end", "two_covers"),
        )
    )
    m.saw(f"span_again_{how}")
    start = m.first - days(m.rng.choice((731, 1500)))
    ended = m.first - days(365 - m.edge("ended_span_days", (319, 320, 321)))
    first = m.span(start, None, plan="A", payer="P", has_pharmacy_benefit="true")
    again = {**first, "_late": m.rng.choice("1234"), "enrollment_end_date": text_day(ended)}
    match how:
        case "cancelled":
            again["enrollment_end_date"] = text_day(start - days(1))
        case "reopened":
            first["enrollment_end_date"], again["enrollment_end_date"] = again["enrollment_end_date"], None
        case "other_plan":
            again["plan"] = m.rng.choice(("B", None))
        case "other_payer":
            again["payer"] = m.rng.choice(("Q", None))
        case "other_start":
            again["enrollment_start_date"] = text_day(start + days(1))
        case "open_start":
            first["enrollment_start_date"] = m.rng.choice(("1985-01-01", "1900-01-01"))
            again["enrollment_start_date"] = m.rng.choice(("1989-12-31", "1899-12-30"))
        case "benefit_later" | "two_covers":
            again |= {"enrollment_end_date": None, "has_pharmacy_benefit": m.rng.choice(("false", None, "maybe"))}
            if how == "two_covers":
                again["_late"] = None
        case "benefit_and_end":
            again["has_pharmacy_benefit"] = m.rng.choice(("false", None))
        case _:
            pass
    m.spans.append(again)


@piece
def spans_with_filler_dates(m: Member) -> None:
    """Filler days are open, in first days too; another day before 1990 leaves an end that is past."""
    how = m.rng.choice(("end_filler", "end_filler", "start_filler", "start_far", "end_past", "start_past"))
    m.saw(f"filler_{how}")
    start, end = text_day(m.first - days(1000)) or "", m.rng.choice((None, text_day(m.last + days(800))))
    match how:
        case "end_filler":
            end = m.rng.choice(FILLER_DAYS)
        case "start_filler":
            start = m.rng.choice(FILLER_DAYS)
        case "start_far":
            start = "9998-12-31"
        case "end_past":
            end = m.rng.choice(("1900-01-02", "1901-01-01", "1989-12-31"))
        case _:
            start = m.rng.choice(("1900-01-02", "1989-12-31"))
    m.span(start, end)


@piece
def not_enrolled(m: Member) -> None:
    if m.chance(0.5):
        m.span(m.first + days(m.rng.choice((0, 1, 30))), None)


ENROLMENT: tuple[tuple[Callable[[Member], None], int], ...] = (
    (enrolled_throughout, 50),
    (enrolled_with_gap, 18),
    (enrolled_in_overlapping_spans, 5),
    (two_lines_of_business_from_one_day, 6),
    (history_enrolment_edge, 5),
    (drugs_not_covered, 13),
    (spans_delivered_again, 11),
    (spans_with_filler_dates, 4),
    (empty_or_strange_spans, 4),
    (not_enrolled, 4),
)


# -- prior authorization ------------------------------------------------------------------------------


@piece
def prior_authorization(m: Member) -> None:
    """Every decision; validity at its edges; for an index code, another code, none, or by its number on a claim."""
    decision = m.rng.choice(("approved", "approved", "approved", "partially_approved", "denied", "pended", "withdrawn"))
    m.saw(f"authorization_{decision}")
    starts = m.rng.choice((None, -30, -1, 0, 0, 1, 1))
    ends = m.rng.choice((None, 30, 1, 0, 0, -1, -1)) if starts is None or starts <= 0 else None
    m.saw(f"authorization_from={starts}")
    m.saw(f"authorization_to={ends}")
    codes: list[str | None] = [None, "99213", *m.index_codes[:2]]
    row = m.authorization(
        decision,
        hcpcs_code=m.rng.choice(codes),
        valid_from=None if starts is None else text_day(m.first + days(starts)),
        valid_to=None if ends is None else text_day(m.first + days(ends)),
    )
    if m.chance(0.2):
        m.saw("authorization_far_dates")
        row["valid_from"] = m.rng.choice(("1901-01-01", row["valid_from"]))
        row["valid_to"] = m.rng.choice(("9999-12-31", row["valid_to"]))
    if m.chance(0.4):
        m.saw("authorization_number_on_claim")
        row["hcpcs_code"] = m.rng.choice(("99213", row["hcpcs_code"]))
        for claim in index_claims(m)[:1]:
            m.set_header(
                claim,
                prior_authorization_number=m.rng.choice((row["authorization_id"], row["authorization_id"], "A-OTHER")),
            )
    if m.chance(0.1):
        m.saw("authorization_of_another_member")
        row["member_id"] = "M-SOMEONE-ELSE"


@piece
def authorization_again(m: Member) -> None:
    """An authorization comes again: the last row of its code stands; a withdrawal without code takes all before it."""
    code = m.rng.choice(m.index_codes) if m.index_codes else "63650"
    how = m.rng.choice(
        (
            *("approved_then_pended", "pended_then_approved", "withdrawn_whole", "denied_whole", "withdrawn_of_a_code"),
            *("pended_whole", "withdrawn_then_approved", "withdrawn_whole_then_pended", "filler_code", "other_number"),
        )
    )
    m.saw(f"authorization_again_{how}")
    whole: Row = {"hcpcs_code": None}
    first = m.authorization("approved", hcpcs_code=code)
    again: Row = {**first, "_late": "1"}
    match how:
        case "approved_then_pended":
            again["decision"] = "pended"
        case "pended_then_approved":
            first["decision"] = "pended"
        case "withdrawn_whole" | "denied_whole" | "pended_whole":
            again |= {**whole, "decision": how.removesuffix("_whole")}
        case "withdrawn_of_a_code":
            again |= {"hcpcs_code": "99213", "decision": "withdrawn"}
        case "withdrawn_then_approved":
            first |= {**whole, "decision": "withdrawn"}
        case "withdrawn_whole_then_pended":
            again |= {**whole, "decision": "withdrawn"}
            m.authorizations.append({**again, "decision": "pended", "_late": "3"})
        case "filler_code":
            first["hcpcs_code"] = m.rng.choice((*FILLER_CODES, "99998"))
            again |= {**whole, "decision": m.rng.choice(("approved", "pended"))}
        case _:
            again |= {**whole, "decision": "withdrawn", "authorization_id": m.new_id("A")}
    m.authorizations.append(again)


@piece
def known_by_a_previous_identifier(m: Member) -> None:
    """Claims, fills, spans and the rest stand in part under an identifier that the member had before, or two."""
    old, between = f"OLD-{m.member_id}", f"MID-{m.member_id}"
    chain = m.chance(0.4)
    m.saw("previous_identifier_chain" if chain else "previous_identifier_plain")
    links = [(old, between), (between, m.member_id)] if chain else [(old, m.member_id)]
    m.previous += [{"previous_member_id": previous, "member_id": own} for previous, own in links]
    if m.chance(0.3):
        m.saw("previous_identifier_twice")
        m.previous.append(dict(m.previous[0]))
    names = (old, between) if chain else (old,)
    rows = [row for claim in m.claims for row in (*claim.lines, *claim.diagnoses, *claim.procedures)]
    for row in (*rows, *m.fills, *m.spans, *m.authorizations, *m.statements):
        if row.get("member_id") == m.member_id and m.chance(0.4):
            row["member_id"] = m.rng.choice(names)


# -- exclusions ---------------------------------------------------------------------------------------


def _red_flag(m: Member, day: date, *, symptom: bool) -> str:
    kinds = ("cauda_equina", "cord_compression", "spine_infection", "spine_fracture", "spine_tumor")
    return m.codes.diagnosis(
        m.rng, "red_flags", day, value_set="cauda_equina_symptom" if symptom else m.rng.choice(kinds)
    )


@piece
def red_flag(m: Member) -> None:
    """On a claim of the episode, or 89 to 91 days before the anchor, or up to the last event date."""
    if m.chance(0.3):
        claim = m.rng.choice(index_claims(m))
        m.saw("red_flag_on_episode")
        add_diagnosis(m, claim, _red_flag(m, claim.day, symptom=False))
        return
    after = (m.last - m.first).days
    offset = m.edge("red_flag_days", (89, 90, 91)) if m.chance(0.6) else -m.rng.choice((-1, 0, after, after + 1))
    day = m.first - days(offset)
    m.saw("red_flag_near")
    m.visit(day, "99284", [_red_flag(m, day, symptom=False)])


@piece
def cauda_equina_symptom(m: Member) -> None:
    """With a back code on the same claim only, 29 to 31 days before the anchor, or on the episode."""
    if m.chance(0.25):
        m.saw("symptom_on_episode")
        claim = m.rng.choice(index_claims(m))
        add_diagnosis(m, claim, _red_flag(m, claim.day, symptom=True))
        return
    after = (m.last - m.first).days
    offset = m.edge("symptom_days", (29, 30, 31)) if m.chance(0.7) else -m.rng.choice((0, after, after + 1))
    day = m.first - days(offset)
    with_back = m.chance(0.6)
    m.saw("symptom_with_back" if with_back else "symptom_without_back")
    second = (
        m.codes.back(m.rng, day)
        if with_back
        else m.rng.choice((m.codes.pain_label(m.rng, day), m.codes.neutral(m.rng, day)))
    )
    m.visit(day, "99284", [_red_flag(m, day, symptom=True), second])


@piece
def clinical_trial(m: Member) -> None:
    """All three markers, or some; spread over the claims of the episode; numbers in every form."""
    complete = m.chance(0.65)
    claims = index_claims(m)
    parts = {"diagnosis", "modifier_or_condition", "number"}
    if not complete:
        parts = set(m.rng.sample(sorted(parts), m.rng.choice((1, 2))))
    m.saw("trial_markers_" + "_".join(sorted(parts)))
    if "diagnosis" in parts:
        claim = m.rng.choice(claims)
        add_diagnosis(m, claim, "Z00.6" if claim.day >= ICD10_FROM else "V70.7")
    if "modifier_or_condition" in parts:
        claim = m.rng.choice(claims)
        if m.chance(0.5):
            m.saw("trial_modifier")
            claim.lines[0]["hcpcs_modifier_" + m.rng.choice("2345")] = m.rng.choice(("Q0", "Q0", "Q0", "Q1"))
        else:
            m.saw("trial_condition_code")
            m.set_header(claim, condition_codes=m.rng.choice(("30", "30", "20:30", "30:49", "53", "130", "3")))
    if "number" in parts:
        number = m.rng.choice(
            (
                "NCT01234567",
                "NCT01234567",
                "nct 01234567",
                "01234567",
                "01234567",
                "01234567",
                "nct01234567",
                "NCT1234567",
                "1234567",
                "123456789",
                "NCT 0123456",
                "G123456",
                "UNKNOWN",
            )
        )
        m.saw(f"trial_number_{number.replace(' ', '_')}")
        m.set_header(m.rng.choice(claims), clinical_trial_number=number)


# -- history, chronicity, follow-up -------------------------------------------------------------------


@piece
def likely_miscoded(m: Member) -> None:
    """A supported indication or earlier spine surgery, 1 to 731 days before the anchor."""
    day = m.first - days(m.edge("miscoded_days", (0, 1, 300, 729, 730, 731)))
    match m.rng.randrange(3):
        case 0:
            m.visit(day, "99213", [m.codes.diagnosis(m.rng, "other_indications", day, indication_class="supported")])
        case 1:
            row = m.codes.pick(m.rng, "prior_spine_surgery", day, code_system=("cpt", "icd-10-cm"))
            if row.system in LINE_SYSTEMS:
                m.visit(day, row.code, [m.codes.back(m.rng, day)])
            else:
                m.visit(day, "99213", [row.code])
        case _:
            claim = m.claim(day, [m.codes.back(m.rng, day)])
            m.line(claim, None, day, claim_type="institutional", bill_type_code="0111", revenue_center_code="0360")
            prefix = m.codes.pick(m.rng, "prior_spine_surgery", day, code_system="icd-10-pcs-prefix").code
            m.procedure(claim, prefix + "071"[: 7 - len(prefix)], day, m.rng.choice((None, "icd-10-pcs")))


@piece
def back_pain_visit(m: Member) -> None:
    """A back code 89 to 91 or 729 to 731 days before the anchor: chronic or not."""
    day = m.first - days(m.edge("chronic_days", (89, 90, 91, 200, 729, 730, 731)))
    code = m.codes.back(m.rng, day) if m.chance(0.8) else m.codes.pain_label(m.rng, day)
    m.visit(day, "99213", [code])


def _follow_up_day(m: Member) -> date:
    offset = m.edge("followup_days", (0, 1, 100, 729, 730, 731))
    base = m.last if m.chance(0.8) else m.first
    return base + days(offset)


@piece
def complication_after(m: Member) -> None:
    """A complication diagnosis 1 to 731 days after the implant, on the anchor day, or on the episode's own claim."""
    if m.chance(0.1):
        m.saw("complication_on_episode")
        claim = m.rng.choice(index_claims(m))
        add_diagnosis(m, claim, m.codes.diagnosis(m.rng, "complications", claim.day))
        return
    day = _follow_up_day(m)
    m.visit(day, "99213", [m.codes.diagnosis(m.rng, "complications", day)])


@piece
def revision_after(m: Member) -> None:
    """A revision or explant code 1 to 731 days after the last event."""
    day = _follow_up_day(m)
    row = m.codes.pick(m.rng, "complications", day, code_system="cpt")
    m.visit(day, row.code, [m.codes.lbp(m.rng, day)])


@piece
def line_near_the_run_date(m: Member) -> None:
    """Sets the newest line of the data: at, just before, or after 2026-06-30."""
    day = m.rng.choice(
        (
            date(2026, 6, 28),
            date(2026, 6, 29),
            date(2026, 6, 30),
            date(2026, 7, 1),
            date(2026, 12, 31),
            date(2027, 6, 30),
        )
    )
    m.visit(day, "99213", [m.codes.neutral(m.rng, day)])


@piece
def unrelated_visits(m: Member) -> None:
    for _ in range(m.rng.choice((1, 2, 3))):
        day = m.first - days(m.rng.randrange(-400, 900))
        m.visit(day, m.rng.choice(("99213", "99214", "85025")), [m.codes.neutral(m.rng, day)])


# -- rows set aside -----------------------------------------------------------------------------------

BAD_CELLS: dict[str, tuple[tuple[str, tuple[str | None, ...]], ...]] = {
    "medical_claim": (
        ("member_id", (None,)),
        ("claim_id", (None,)),
        ("claim_line_number", (None,)),
        ("claim_line_start_date", (None, "2024-02-30", "01/02/2024", "1989-12-31", "2027-07-01", "2999-01-01")),
        ("paid_date", ("soon", "1950-01-01")),
        ("claim_type", (None, "unknown", "dental")),
        ("claim_status", ("maybe",)),
        ("paid_amount", ("abc", "12,50", "1.234,50", "12.00-", "1,0000")),
        ("service_unit_quantity", ("two", "1,000")),
        ("claim_line_end_date", ("2024-06-03 12:30:00", "2024-06-03T00:00:01", "1900-01-02")),
        ("claim_id", ("2.02603E+11",)),
        ("member_id", ("1E+6",)),
    ),
    "claim_diagnosis": (("diagnosis_rank", ("0", "-1", None, "x")), ("claim_id", (None,))),
    "claim_procedure": (("procedure_rank", ("0", None)), ("procedure_date", ("2024-13-01", "1989-12-31"))),
    "pharmacy_claim": (
        ("days_supply", ("999", "1000", "-999", None, "many")),
        ("quantity", ("ten",)),
        ("dispensing_date", (None, "1989-12-31", "2027-07-01")),
        ("member_id", (None,)),
    ),
    "eligibility": (
        ("enrollment_start_date", (None, "not a date")),
        ("member_id", (None,)),
        ("enrollment_end_date", ("2024-13-01", "2024-06-03 12:30:00")),
    ),
    "prior_authorization": (("decision", ("perhaps", None)), ("member_id", (None,)), ("authorization_id", (None,))),
    "care_documentation": (("member_id", (None,)), ("document_date", ("yesterday", "1989-12-31", "2027-07-01"))),
}
"""Cells that set a row aside. The run date of the tests is 2026-06-30."""


def spoil_rows(m: Member, share: float) -> None:
    """Adds, for about `share` of the rows, a copy that must be set aside (and at times spoils the row itself)."""
    if share <= 0:
        return
    own: dict[str, list[Row]] = {
        "medical_claim": [line for claim in m.claims for line in claim.lines],
        "claim_diagnosis": [row for claim in m.claims if claim.form == LONG for row in claim.diagnoses],
        "claim_procedure": [row for claim in m.claims for row in claim.procedures],
        "pharmacy_claim": m.fills,
        "eligibility": m.spans,
        "prior_authorization": m.authorizations,
        "care_documentation": m.statements,
    }
    for table, rows in own.items():
        for row in list(rows):
            if not m.chance(share):
                continue
            column, values = m.rng.choice(BAD_CELLS[table])
            value = m.rng.choice(values)
            m.saw(f"bad_{table}.{column}")
            if m.chance(0.3):
                row[column] = value
            else:
                m.spoiled.append((table, {**row, column: value}))


def unread_cells(m: Member) -> None:
    """Cells that no verdict reads may hold anything."""
    for span in m.spans:
        if m.chance(0.02):
            m.saw("unread_birth_date")
            span["birth_date"] = m.rng.choice(("1899-12-31", "yesterday", "2050-01-01"))
    for fill in m.fills:
        if m.chance(0.02):
            m.saw("unread_amount_of_a_fill")
            fill["paid_amount"] = m.rng.choice(("1.234,50", "free"))
    for claim in m.claims:
        if m.chance(0.01):
            m.saw("unread_charge")
            m.set_header(claim, charge_amount="1.234,50")


def odd_cells(m: Member) -> None:
    """Cells that are odd and still loaded: blank paid amounts, missing header dates, filler dates."""
    for claim in m.claims:
        for line in claim.lines:
            if m.chance(0.01):
                m.saw("blank_paid_amount")
                line["paid_amount"] = None
            if m.chance(0.01):
                m.saw("filler_header_dates")
                line[m.rng.choice(("claim_start_date", "claim_end_date", "paid_date"))] = m.rng.choice(FILLER_DAYS)
            if m.chance(0.02):
                m.saw("blank_header_dates")
                line["claim_start_date"] = line["claim_end_date"] = None
            if m.chance(0.01):
                m.saw("claim_start_before_line")
                day = line["claim_line_start_date"]
                line["claim_start_date"] = (
                    text_day(date.fromisoformat(day) - days(m.rng.choice((1, 3, 4)))) if day else None
                )
