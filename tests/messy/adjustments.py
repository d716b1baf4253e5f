"""Section 2: versions, repeats, replacements, voids, rings, reversals, states."""

from collections.abc import Callable
from datetime import date

from tests.messy.builder import BOTH, LONG, WIDE, Claim, Member, days, piece, text_amount, text_day
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


def _resubmit(m: Member, claim: Claim, frequency: str, original: str | None, **columns: str | None) -> Claim:
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
    (original_of_another_member, 1),
    (frequency_that_means_nothing, 2),
    (two_live_replacements, 4),
)


def adjust(m: Member, claim: Claim) -> None:
    functions, weights = zip(*ADJUSTMENTS, strict=True)
    m.rng.choices(functions, weights)[0](m, claim)
