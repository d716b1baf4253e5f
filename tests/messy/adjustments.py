"""docs/rule.md 2: versions, repeats, replacements, voids, rings, reversals, states."""

from collections.abc import Callable
from datetime import date

from tests.messy.builder import BOTH, LONG, WIDE, Claim, Member, days, piece, text_amount, text_day
from tests.messy.codes import PROCEDURE_SYSTEMS
from tests.messy.text import Row, spell_row

LATEST = 4
"""Files 1 to 4 come later than the first; see `messy_members`."""


def _paid(row: Row, shift: int) -> str | None:
    paid = row.get("paid_date")
    return text_day(date.fromisoformat(paid) + days(shift)) if paid else None


def _later(m: Member, row: Row) -> None:
    """Marks a row as delivered later than it was: in a later file (or delivery), so that no two versions tie."""
    now = int(row.get("_late") or 0)
    row["_late"] = str(m.rng.randrange(min(now + 1, LATEST), LATEST + 1))


def _resubmit(m: Member, claim: Claim, frequency: str | None, original: str | None, **columns: str | None) -> Claim:
    copy = m.copy_claim(claim, claim_frequency_code=frequency, original_claim_id=original, **columns)
    shift = m.rng.choice((-1, 0, 10, 30))
    for line in copy.lines:
        line["paid_date"] = None if m.chance(0.1) else _paid(line, shift)
        if m.chance(0.4):
            line["paid_amount"] = text_amount(m.rng.randrange(100, 500000))
        if m.chance(0.5):
            _later(m, line)
    if m.chance(0.15) and len(copy.lines) > 1:
        m.saw("replacement_drops_a_line")
        copy.lines.pop()
    return copy


# -- rows ---------------------------------------------------------------------------------------------


@piece
def exact_repeat(m: Member, claim: Claim) -> None:
    line = m.rng.choice(claim.lines)
    again = dict(line)
    if m.chance(0.5):
        _later(m, again)
    claim.lines.append(again)
    if m.chance(0.3) and claim.diagnoses:
        claim.diagnoses.append(dict(m.rng.choice(claim.diagnoses)))


@piece
def repeat_after_parsing(m: Member, claim: Claim) -> None:
    """The same row with its dates, amounts and codes spelled in another way."""
    claim.lines.append(spell_row(m.rng, m.rng.choice(claim.lines), 0.6))


@piece
def older_version_repeated(m: Member, claim: Claim) -> None:
    """A version, a newer one of the same paid date, and the older again: the last copy of a repeat stays and wins."""
    line = m.rng.choice(claim.lines)
    newer = {**line, "paid_amount": text_amount(m.rng.randrange(100, 99999)), "_late": "1"}
    if m.chance(0.5):
        newer["claim_status"] = m.rng.choice(("denied", "reversed"))
    claim.lines += [newer, {**line, "_late": "2"}]


@piece
def line_version(m: Member, claim: Claim) -> None:
    """The same line again: paid later, earlier, the same day or without a date; earlier or later delivered."""
    line = m.rng.choice(claim.lines)
    version = dict(line)
    how = m.rng.choice(("paid_later", "paid_earlier", "paid_same_day", "paid_missing", "both_missing"))
    m.saw(f"version_{how}")
    match how:
        case "paid_later":
            version["paid_date"] = _paid(line, m.rng.choice((1, 30)))
        case "paid_earlier":
            version["paid_date"] = _paid(line, m.rng.choice((-1, -30)))
        case "paid_missing":
            version["paid_date"] = None
        case "both_missing":
            line["paid_date"] = version["paid_date"] = None
        case _:
            pass
    tied = how in ("paid_same_day", "both_missing")
    if tied or m.chance(0.5):
        _later(m, version)
    change = m.rng.choice(("amount", "status", "code", "day", "amount"))
    m.saw(f"version_changes_{change}")
    match change:
        case "amount":
            version["paid_amount"] = text_amount(m.rng.randrange(-5000, 200000))
        case "status":
            version["claim_status"] = m.rng.choice(("denied", "pending", "reversed", "paid", None))
        case "code":
            version["hcpcs_code"] = m.rng.choice(("99213", "97110", "63650", None))
        case _:
            day = date.fromisoformat(line["claim_line_start_date"] or "2020-01-01")
            version["claim_line_start_date"] = text_day(day + days(m.rng.choice((-4, -1, 1, 4))))
    if m.chance(0.4):
        m.saw("version_leading_zeros")
        version["claim_line_number"] = (version["claim_line_number"] or "").zfill(3)
    claim.lines.append(version)


@piece
def diagnosis_delivered_again(m: Member, claim: Claim) -> None:
    """One rank named twice: the last delivered wins."""
    if not claim.diagnoses:
        return
    again = dict(m.rng.choice(claim.diagnoses))
    again["diagnosis_code"] = m.rng.choice((m.codes.back(m.rng, claim.day), m.codes.neutral(m.rng, claim.day)))
    again["diagnosis_code_type"] = None
    if m.chance(0.2):
        again["diagnosis_rank"] = (again["diagnosis_rank"] or "").zfill(2)
    _later(m, again)
    claim.diagnoses.append(again)
    claim.form = LONG


@piece
def wide_diagnoses_differ(m: Member, claim: Claim) -> None:
    """Two lines of a claim name one rank differently, or a rank stands on one line only."""
    claim.form = WIDE
    first = claim.lines[0]
    if len(claim.lines) == 1:
        m.line(claim, "99213", claim.day, claim_type=first["claim_type"])
    second = claim.lines[-1]
    second["_late"] = "2"
    rank = m.rng.choice((1, 1, 2, 3))
    second[f"diagnosis_code_{rank}"] = m.codes.lbp(m.rng, claim.day)
    if m.chance(0.3):
        m.saw("wide_and_long_differ")
        claim.form = BOTH


# -- states -------------------------------------------------------------------------------------------


@piece
def claim_state(m: Member, claim: Claim) -> None:
    state = m.rng.choice(("denied", "pending", "pending", "pending", "reversed", "paid"))
    lines = claim.lines if m.chance(0.6) else claim.lines[:1]
    m.saw(f"claim_{state}_{'whole' if len(lines) == len(claim.lines) else 'in_part'}")
    for line in lines:
        line["claim_status"] = state


@piece
def negative_sum(m: Member, claim: Claim) -> None:
    """A claim of negative or zero sum with a negative amount is reversed; a positive sum or no negative is not."""
    case = m.rng.choice(
        ("zero_with_negative", "below_zero", "above_zero", "all_zero", "negative_denied", "one_negative")
    )
    m.saw(f"negative_sum_{case}")
    for line in claim.lines:
        line["paid_amount"] = "0.00"
    claim.lines[0]["paid_amount"] = "100.00"
    if case == "all_zero":
        claim.lines[0]["paid_amount"] = "0.00"
        return
    if case == "one_negative":
        claim.lines[0]["paid_amount"] = "-100.00"
        return
    amount = {"zero_with_negative": "-100.00", "below_zero": "-100.01", "above_zero": "-99.99"}.get(case, "-500.00")
    status = "denied" if case == "negative_denied" else m.rng.choice(("paid", None, "pending"))
    m.line(claim, m.rng.choice(("99213", None)), claim.day, paid_amount=amount, claim_status=status)


# -- replacements and voids ---------------------------------------------------------------------------


@piece
def replacement(m: Member, claim: Claim) -> None:
    changed = _resubmit(m, claim, "7", claim.claim_id)
    match m.rng.randrange(5):
        case 0:
            m.saw("replacement_moves_the_day")
            for line in changed.lines:
                day = date.fromisoformat(line["claim_line_start_date"] or "2020-01-01")
                line["claim_line_start_date"] = text_day(day + days(m.rng.choice((-5, -1, 1, 5))))
        case 1:
            m.saw("replacement_changes_diagnoses")
            for row in changed.diagnoses:
                row["diagnosis_code"] = m.codes.neutral(m.rng, claim.day)
        case 2:
            m.saw("replacement_changes_code")
            changed.lines[0]["hcpcs_code"] = "99213"
        case _:
            pass


@piece
def replacement_in_state(m: Member, claim: Claim) -> None:
    """Denied: does nothing. Pending: leaves the original in force. Reversed or of negative sum: still replaces."""
    state = m.rng.choice(
        ("denied", "pending", "reversed", "denied_and_paid", "pending_and_paid", "pending_and_denied", "negative")
    )
    m.saw(f"replacement_{state}")
    copy = _resubmit(m, claim, m.rng.choice(("7", "7", "7", "8")), claim.claim_id)
    if state == "negative":
        for line in copy.lines:
            line["paid_amount"] = "-50.00"
        return
    words = state.split("_and_")
    if len(words) == 2 and len(copy.lines) == 1:
        m.line(copy, "99213", copy.day)
    for position, line in enumerate(copy.lines):
        line["claim_status"] = words[position % len(words)]


@piece
def replacement_chain(m: Member, claim: Claim) -> None:
    """Two to five links, some denied, pending or reversed; voided in the middle or at the end."""
    links = m.edge("chain_links", (2, 3, 4, 5))
    current = claim
    chain = [claim]
    for _ in range(links):
        current = _resubmit(m, current, "7", current.claim_id)
        if m.chance(0.3):
            state = m.rng.choice(("denied", "pending", "reversed"))
            m.saw(f"chain_link_{state}")
            m.set_header(current, claim_status=state)
        chain.append(current)
    if m.chance(0.4):
        named = m.rng.choice(chain)
        m.saw("chain_void_of_" + ("last" if named is current else "earlier"))
        _resubmit(m, named, "8", named.claim_id)


@piece
def void(m: Member, claim: Claim) -> None:
    cancel = _resubmit(m, claim, "8", claim.claim_id)
    if m.chance(0.3):
        for line in cancel.lines:
            line["paid_amount"] = "-" + (line["paid_amount"] or "0.00").lstrip("-")
    match m.rng.randrange(5):
        case 0:
            m.saw("void_of_void")
            _resubmit(m, cancel, "8", cancel.claim_id)
        case 1:
            m.saw("replacement_of_void")
            _resubmit(m, cancel, "7", cancel.claim_id)
        case 2:
            m.saw("void_and_replacement_of_one_original")
            _resubmit(m, claim, "7", claim.claim_id)
        case _:
            pass


@piece
def void_of_replacement(m: Member, claim: Claim) -> None:
    """What the voided claim had replaced stays replaced."""
    new = _resubmit(m, claim, "7", claim.claim_id)
    _resubmit(m, new, "8", new.claim_id)


@piece
def ring(m: Member, claim: Claim) -> None:
    second = _resubmit(m, claim, m.rng.choice(("7", "7", "8")), claim.claim_id)
    last = second
    if m.chance(0.4):
        last = _resubmit(m, claim, "7", second.claim_id)
        m.saw("ring_of_three")
    m.set_header(claim, claim_frequency_code="7", original_claim_id=last.claim_id)
    if m.chance(0.3):
        m.saw("chain_hanging_on_ring")
        _resubmit(m, claim, "7", claim.claim_id)


@piece
def names_itself(m: Member, claim: Claim) -> None:
    m.set_header(claim, claim_frequency_code=m.rng.choice(("7", "8")), original_claim_id=claim.claim_id)


@piece
def original_not_in_data(m: Member, claim: Claim) -> None:
    code = m.rng.choice(("7", "7", "8"))
    m.saw(f"original_missing_for_{code}")
    m.set_header(claim, claim_frequency_code=code, original_claim_id=m.rng.choice(("C-NOT-HERE", None)))


@piece
def original_of_another_member(m: Member, claim: Claim) -> None:
    """The named original exists, but under another member (usually), so it is not in this member's data."""
    prefix, _, number = m.member_id.removeprefix("M").rpartition("-")
    other = f"C{prefix}-{max(int(number) - 1, 0)}-1"
    m.set_header(claim, claim_frequency_code=m.rng.choice(("7", "8")), original_claim_id=other)


@piece
def frequency_that_means_nothing(m: Member, claim: Claim) -> None:
    other = m.rng.choice(m.claims).claim_id
    m.set_header(claim, claim_frequency_code=m.rng.choice(("1", "2", "9", None)), original_claim_id=other)


@piece
def two_live_replacements(m: Member, claim: Claim) -> None:
    """The later by paid date, missing first, then by claim id; at times one is not live."""
    first = _resubmit(m, claim, "7", claim.claim_id)
    second = _resubmit(m, claim, "7", claim.claim_id)
    paid = text_day(claim.day + days(50))
    how = m.rng.choice(
        ("same_paid_date", "one_missing", "both_missing", "one_denied", "one_line_later", "one_replaced")
    )
    m.saw(f"two_replacements_{how}")
    match how:
        case "same_paid_date":
            m.set_header(first, paid_date=paid)
            m.set_header(second, paid_date=paid)
        case "one_missing":
            m.set_header(m.rng.choice((first, second)), paid_date=None)
        case "both_missing":
            m.set_header(first, paid_date=None)
            m.set_header(second, paid_date=None)
        case "one_denied":
            m.set_header(second, claim_status="denied")
        case "one_replaced":
            _resubmit(m, first, "7", first.claim_id)
        case _:
            m.set_header(first, paid_date=paid)
            m.set_header(second, paid_date=paid)
            first.lines[-1]["paid_date"] = text_day(claim.day + days(51))


# -- what else stands on a bill -------------------------------------------------------------------------


@piece
def frequency_in_bill_type(m: Member, claim: Claim) -> None:
    """The digit that replaces or voids ends the bill type; a frequency code or a professional line silences it."""
    how = m.rng.choice(("seven", "seven", "eight", "with_frequency", "professional", "other_digit"))
    m.saw(f"bill_type_{how}")
    digit = {"eight": "8", "other_digit": m.rng.choice("01569")}.get(how, "7")
    copy = _resubmit(m, claim, "1" if how == "with_frequency" else None, claim.claim_id)
    m.set_header(
        copy,
        claim_type="professional" if how == "professional" else "institutional",
        bill_type_code=m.rng.choice(("013", "13", "011")) + digit,
    )


def _cents(line: Row) -> int:
    return round(float(line["paid_amount"] or 0) * 100)


def _next_number(claim: Claim) -> str:
    return str(max((int(line["claim_line_number"] or 0) for line in claim.lines), default=0) + 1)


@piece
def total_line(m: Member, claim: Claim) -> None:
    """Revenue code 0001 without HCPCS repeats the sum of an institutional claim; lines that look like it do not."""
    how = m.rng.choice(("sum", "sum", "with_hcpcs", "professional", "other_revenue", "negative", "pending", "alone"))
    m.saw(f"total_{how}")
    if how == "alone":
        m.set_header(claim, claim_type="institutional", hcpcs_code=None, revenue_center_code="0001")
        return
    total = sum(_cents(line) for line in claim.lines) or 10000
    line = m.line(
        claim,
        "99213" if how == "with_hcpcs" else None,
        claim.day,
        claim_type="professional" if how == "professional" else "institutional",
        revenue_center_code="0002" if how == "other_revenue" else m.rng.choice(("0001", "1", "001")),
        paid_amount=text_amount(-total if how == "negative" else total),
    )
    if how == "pending":
        line["claim_status"] = "pending"


@piece
def credited_line(m: Member, claim: Claim) -> None:
    """A line is taken back by one of the opposite amount, or units; a credit that differs takes none."""
    how = m.rng.choice(
        (
            *("exact", "exact", "cent_off", "other_day", "other_code", "other_revenue", "by_units", "units_differ"),
            *("two_credits", "two_lines", "positive_amount", "denied_line", "whole_claim"),
        )
    )
    m.saw(f"credit_{how}")
    line = m.rng.choice(claim.lines)
    line["paid_amount"] = "0.00" if how in ("by_units", "units_differ") else text_amount(abs(_cents(line)) or 12000)
    line["service_unit_quantity"] = "1"
    if how == "two_lines":
        claim.lines.append({**line, "claim_line_number": _next_number(claim)})
    credit = {**line, "claim_line_number": _next_number(claim)}
    if how in ("by_units", "units_differ", "positive_amount"):
        credit["service_unit_quantity"] = "-2" if how == "units_differ" else "-1"
    else:
        credit["paid_amount"] = text_amount(-_cents(line) + (1 if how == "cent_off" else 0))
    match how:
        case "other_day":
            day = date.fromisoformat(line["claim_line_start_date"] or "2020-01-01")
            credit["claim_line_start_date"] = text_day(day + days(1))
        case "other_code":
            credit["hcpcs_code"] = "99214"
        case "other_revenue":
            credit["revenue_center_code"] = "0940"
        case "denied_line":
            line["claim_status"] = "denied"
        case _:
            pass
    claim.lines.append(credit)
    if how == "two_credits":
        claim.lines.append({**credit, "claim_line_number": _next_number(claim)})
    if how == "whole_claim":
        claim.lines = [line, credit]
        m.set_header(claim, claim_status="pending")
    elif m.chance(0.85):
        m.line(claim, "99213", claim.day, paid_amount="90000.00", service_unit_quantity="1")


@piece
def interim_bills(m: Member, claim: Claim) -> None:
    """A stay billed in pieces that repeat its lines; bills that differ, or are no interim bills, each count."""
    how = m.rng.choice(
        ("same", "same", "frequency_code", "amount", "units", "more_in_one", "professional", "other_digit", "three")
    )
    m.saw(f"interim_{how}")
    kind = "professional" if how == "professional" else "institutional"
    digits = {"other_digit": "15", "frequency_code": "11", "three": "234"}.get(how, m.rng.choice(("23", "34", "24")))
    m.set_header(claim, claim_type=kind, bill_type_code="011" + digits[0])
    for digit in digits[1:]:
        again = m.copy_claim(claim, bill_type_code="011" + digit)
        again.lines[0]["allowed_amount"] = text_amount(m.rng.randrange(100, 99999))
        if how == "frequency_code":
            m.set_header(again, claim_frequency_code="3")
            m.set_header(claim, claim_frequency_code="2")
        if how == "amount":
            again.lines[0]["paid_amount"] = text_amount(_cents(claim.lines[0]) + 1)
        if how == "units":
            again.lines[0]["service_unit_quantity"] = m.rng.choice(("2", None))
        if how == "more_in_one":
            again.lines.append({**again.lines[0], "claim_line_number": _next_number(again)})


@piece
def procedures_in_columns(m: Member, claim: Claim) -> None:
    """Procedures stand in columns of the lines, beside rows that say the same or another thing, or alone."""
    found = [each for each in m.claims if each.procedures and each.lines]
    claim = m.rng.choice(found) if found else claim
    if not claim.procedures:
        m.procedure(claim, m.codes.index(m.rng, claim.day, "trial_or_lead", systems=PROCEDURE_SYSTEMS), claim.day, None)
    how = m.rng.choice(("alone", "alone", "both", "both_differ", "row_is_later", "one_line"))
    m.saw(f"procedure_columns_{how}")
    types = {row["procedure_code_type"] for row in claim.procedures}
    lines = claim.lines[-1:] if how == "one_line" else claim.lines
    for row in claim.procedures:
        rank = int(row["procedure_rank"] or 1)
        for line in lines:
            line[f"procedure_code_{rank}"] = "0SG0071" if how == "both_differ" else row["procedure_code"]
            line[f"procedure_date_{rank}"] = row["procedure_date"]
            line["procedure_code_type"] = types.copy().pop() if len(types) == 1 else None
        if how == "row_is_later":
            row["procedure_code"] = "0SG0071"
            _later(m, row)
    if how in ("alone", "one_line"):
        claim.procedures = []


@piece
def diagnosis_names_a_member(m: Member, claim: Claim) -> None:
    """Rows that name the member are his, rows that name another are not, also where the number is not shared."""
    if not claim.diagnoses:
        return
    how = m.rng.choice(("own", "other", "other_procedure", "own_later"))
    m.saw(f"diagnosis_names_{how}")
    claim.form = LONG
    row = m.rng.choice(claim.diagnoses)
    if how == "own_later":
        row["member_id"] = None
        again = {**row, "member_id": m.member_id, "diagnosis_code": m.codes.lbp(m.rng, claim.day)}
        again["diagnosis_code_type"] = None
        _later(m, again)
        claim.diagnoses.append(again)
    elif how == "other_procedure":
        for each in claim.procedures:
            each["member_id"] = "M-SOMEONE-ELSE"
    else:
        row["member_id"] = m.member_id if how == "own" else "M-SOMEONE-ELSE"


ADJUSTMENTS: tuple[tuple[Callable[[Member, Claim], None], int], ...] = (
    (exact_repeat, 5),
    (repeat_after_parsing, 4),
    (line_version, 10),
    (diagnosis_delivered_again, 4),
    (wide_diagnoses_differ, 3),
    (older_version_repeated, 4),
    (claim_state, 14),
    (negative_sum, 5),
    (replacement, 7),
    (replacement_in_state, 6),
    (replacement_chain, 6),
    (void, 5),
    (void_of_replacement, 2),
    (ring, 2),
    (names_itself, 2),
    (original_not_in_data, 3),
    (original_of_another_member, 2),
    (frequency_that_means_nothing, 2),
    (two_live_replacements, 4),
    (frequency_in_bill_type, 6),
    (total_line, 7),
    (credited_line, 11),
    (interim_bills, 8),
    (procedures_in_columns, 5),
    (diagnosis_names_a_member, 4),
)


def adjust(m: Member, claim: Claim) -> None:
    functions, weights = zip(*ADJUSTMENTS, strict=True)
    m.rng.choices(functions, weights)[0](m, claim)
