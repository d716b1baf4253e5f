"""Members made by hand for the clauses that came with the revision of the rule and the contract.

Each clause has its members, just inside and just outside, named `clause/case`: what differs is told by clause.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.messy.edge_members import ANCHOR, Edges

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.messy.text import Row

Cases = dict[str, dict[str, str]]
LEAD, EXERCISE = "63650", "97110"
SPAN = {"enrollment_start_date": "2015-01-01", "has_pharmacy_benefit": "true"}
PIECES = ("0112", "0113", "0114")


def _on(offset: int) -> str:
    return (ANCHOR + timedelta(days=offset)).isoformat()


def _enrolled(
    edges: Edges, member: str, start: date = date(2015, 1, 1), end: date | None = None, **columns: str
) -> None:
    """A span that says it covers drugs, as a blank would do only where nobody says either."""
    edges.enrolled(member, start, end, **({"has_pharmacy_benefit": "true"} | columns))


def _given(edges: Edges) -> dict[str, list[Row]]:
    """The tables that have rows."""
    return {table: rows for table, rows in edges.extracts.items() if rows}


def _implanted(edges: Edges, member: str, **columns: str) -> None:
    _enrolled(edges, member)
    edges.surgery(member, "1", ANCHOR, LEAD, **columns)


def _treated(edges: Edges, member: str, **columns: str) -> None:
    """An implant, and one line of care ten days before it."""
    _implanted(edges, member)
    edges.line(member, "2", ANCHOR - timedelta(days=10), EXERCISE, 1, **columns)
    edges.diagnosis(member, "2", "M54.50")


def _fill(edges: Edges, member: str, offset: int, days: str, *, delivery: str = "1", **columns: str) -> None:
    told = {"claim_id": f"{member}-F", "generic_name": "duloxetine", "days_supply": days} | columns
    edges.add("pharmacy_claim", delivery, member_id=member, dispensing_date=_on(offset), **told)


def _second_class(edges: Edges, member: str) -> None:
    _implanted(edges, member)
    _fill(edges, member, -200, "30", claim_id=f"{member}-Z", generic_name="naproxen")


# -- whose rows they are --------------------------------------------------------------------------------


def _named_diagnoses(edges: Edges, clause: str) -> None:
    for case, owner in {"own": "", "other": "somebody", "nobody": None}.items():
        member = f"{clause}/{case}"
        _enrolled(edges, member)
        edges.line(member, "1", ANCHOR, LEAD)
        told = {} if owner is None else {"member_id": owner or member}
        edges.add("claim_diagnosis", claim_id=f"{member}-1", diagnosis_rank="1", diagnosis_code="M54.50", **told)


def _shared_number(edges: Edges, clause: str) -> None:
    """Rows of a shared number: (member or nobody, rank, code, delivery)."""
    cases: dict[str, tuple[tuple[bool, str, str, str], ...]] = {
        "unowned": ((False, "1", "M54.50", "1"),),
        "own": ((True, "1", "M54.50", "1"),),
        "own-later": ((False, "1", "M96.1", "1"), (True, "1", "M54.50", "2")),
        "own-earlier": ((True, "1", "M54.50", "1"), (False, "1", "M96.1", "2")),
        "unowned-again": ((False, "1", "M96.1", "1"), (True, "1", "M54.50", "2"), (False, "1", "M96.1", "3")),
        "own-again": ((True, "1", "M96.1", "1"), (False, "1", "M96.1", "2"), (True, "1", "M54.50", "3")),
        "own-of-another-rank": ((True, "2", "M54.50", "2"), (False, "1", "M96.1", "1")),
        "unowned-without-code": ((True, "1", "M54.50", "1"), (False, "2", "", "1")),
        "own-without-code": ((False, "1", "M54.50", "1"), (True, "1", "", "2")),
    }
    for code in (LEAD, "64590"):
        for case, rows in cases.items():
            member = f"{clause}/{case}-{code}"
            _enrolled(edges, member)
            edges.line(member, "1", ANCHOR, code)
            edges.add(
                "medical_claim",
                member_id=f"{member}-other",
                claim_id=f"{member}-1",
                claim_line_number="1",
                claim_type="professional",
                claim_line_start_date=_on(0),
                hcpcs_code="99213",
                paid_amount="1",
                claim_status="denied",
            )
            for own, rank, diagnosis, delivery in rows:
                told = {"member_id": member} if own else {}
                edges.add(
                    "claim_diagnosis",
                    delivery,
                    claim_id=f"{member}-1",
                    diagnosis_rank=rank,
                    diagnosis_code=diagnosis,
                    **told,
                )


def _shared_procedures(edges: Edges, clause: str) -> None:
    for case, owners in {"nobody": ("",), "own": ("own",), "other": ("other",), "nobody-then-own": ("", "own")}.items():
        member = f"{clause}/{case}"
        names = {"": "", "own": member, "other": f"{member}-other"}
        for name in (member, f"{member}-other"):
            edges.add(
                "medical_claim",
                member_id=name,
                claim_id=f"{member}-1",
                claim_line_number="1",
                claim_type="institutional",
                claim_line_start_date=_on(0),
                paid_amount="100",
            )
        for number, owner in enumerate(owners, start=1):
            edges.add(
                "claim_procedure",
                str(number),
                claim_id=f"{member}-1",
                member_id=names[owner],
                procedure_rank="1",
                procedure_code="00HU3MZ" if number == 1 else "0SG0071",
            )
        for name in (member, f"{member}-other"):
            edges.add(
                "claim_diagnosis",
                claim_id=f"{member}-1",
                member_id=name,
                diagnosis_rank="1",
                diagnosis_code="M54.50",
            )


def _previous_identifiers(edges: Edges, clause: str) -> None:
    for case, links in {"plain": ((0, 2),), "chain": ((0, 1), (1, 2)), "none": ()}.items():
        member = f"{clause}/{case}"
        names = (f"{member}-old", f"{member}-between", member)
        _implanted(edges, member)
        edges.line(names[0], "2", ANCHOR - timedelta(days=10), EXERCISE)
        edges.diagnosis(names[0], "2", "M54.50")
        _enrolled(edges, names[0], end=ANCHOR - timedelta(days=5))
        for previous, own in links:
            edges.add("member_crosswalk", previous_member_id=names[previous], member_id=names[own])


# -- versions -------------------------------------------------------------------------------------------


def _authorizations(edges: Edges, clause: str) -> None:
    cases: dict[str, tuple[tuple[str, str], ...]] = {
        "approved-then-pended": ((LEAD, "approved"), (LEAD, "pended")),
        "pended-then-approved": ((LEAD, "pended"), (LEAD, "approved")),
        "pended-whole": ((LEAD, "approved"), ("", "pended")),
        "withdrawn-whole": ((LEAD, "approved"), ("", "withdrawn")),
        "denied-whole": ((LEAD, "approved"), ("", "denied")),
        "withdrawn-of-another-code": ((LEAD, "approved"), ("63655", "withdrawn")),
        "withdrawn-first": (("", "withdrawn"), (LEAD, "approved")),
        "withdrawn-whole-then-pended": ((LEAD, "approved"), ("", "withdrawn"), ("", "pended")),
        "filler-code": (("99999", "approved"), ("", "pended")),
    }
    for case, rows in cases.items():
        member = f"{clause}/{case}"
        _implanted(edges, member)
        for number, (code, decision) in enumerate(rows, start=1):
            edges.add(
                "prior_authorization",
                "1" if number == 1 else "2",
                f"_{number}",
                authorization_id="A1",
                member_id=member,
                hcpcs_code=code,
                decision=decision,
            )


def _spans(edges: Edges, clause: str) -> None:
    early = "2015-01-01"
    again: Cases = {
        "ended": {"enrollment_end_date": _on(-300)},
        "cancelled": {"enrollment_end_date": "2014-12-31"},
        "other-plan": {"enrollment_end_date": _on(-300), "plan": "B"},
        "other-payer": {"enrollment_end_date": _on(-300), "payer": "Q"},
        "other-business": {"enrollment_end_date": _on(-300), "line_of_business": "commercial"},
        "other-start": {"enrollment_end_date": _on(-300), "enrollment_start_date": "2015-01-02"},
        "benefit-false": {"has_pharmacy_benefit": "false"},
        "benefit-blank": {"has_pharmacy_benefit": ""},
        "benefit-and-end": {"has_pharmacy_benefit": "false", "enrollment_end_date": _on(-300)},
    }
    for delivery in ("1", "2"):
        for case, changed in again.items():
            member = f"{clause}/{case}-in-delivery-{delivery}"
            edges.surgery(member, "1", ANCHOR, LEAD)
            first = {"member_id": member, "enrollment_start_date": early, "has_pharmacy_benefit": "true", "payer": "P"}
            edges.add("eligibility", **first)
            edges.add("eligibility", delivery, "_9", **(first | changed))
    member = f"{clause}/open-starts"
    edges.surgery(member, "1", ANCHOR, LEAD)
    edges.add("eligibility", member_id=member, **(SPAN | {"enrollment_start_date": "1985-01-01"}))
    ended = SPAN | {"enrollment_start_date": "1900-01-01", "enrollment_end_date": _on(-300)}
    edges.add("eligibility", "2", member_id=member, **ended)


def _benefits(edges: Edges, clause: str) -> None:
    for case, said in {"blank": "", "unreadable": "maybe", "yes": "Yes", "no": "No", "t": "t", "f": "F"}.items():
        member = f"{clause}/{case}"
        edges.enrolled(member, has_pharmacy_benefit=said)
        edges.surgery(member, "1", ANCHOR, LEAD)


def _wide_procedures(edges: Edges, clause: str) -> None:
    cases: Cases = {
        "first": {"procedure_code_1": "00HU3MZ", "procedure_code_type": "icd-10-pcs"},
        "last-and-dated": {"procedure_code_25": "00hu3mz", "procedure_date_25": _on(2)},
        "wrong-type": {"procedure_code_1": "00HU3MZ", "procedure_code_type": "icd-9-pcs"},
        "bad-date": {"procedure_code_1": "00HU3MZ", "procedure_date_1": "2024-13-01"},
        "beside-a-row": {"procedure_code_1": "00HU3MZ"},
    }
    for case, columns in cases.items():
        member = f"{clause}/{case}"
        edges.line(member, "1", ANCHOR, "", 1, claim_type="institutional", **columns)
        edges.diagnosis(member, "1", "M54.50")
    member = f"{clause}/beside-a-row"
    edges.add("claim_procedure", "2", claim_id=f"{member}-1", procedure_rank="1", procedure_code="0SG0071")


# -- final state ----------------------------------------------------------------------------------------


def _bill_types(edges: Edges, clause: str) -> None:
    kind = {"claim_type": "institutional"}
    cases: Cases = {
        "seven": {"bill_type_code": "0137"} | kind,
        "seven-short": {"bill_type_code": "137.0"} | kind,
        "eight": {"bill_type_code": "0138"} | kind,
        "with-frequency": {"bill_type_code": "0137", "claim_frequency_code": "1"} | kind,
        "null-frequency": {"bill_type_code": "0137", "claim_frequency_code": "NULL"} | kind,
        "professional": {"bill_type_code": "0137"},
        "other-digit": {"bill_type_code": "0135"} | kind,
    }
    for case, columns in cases.items():
        member = f"{clause}/{case}"
        _implanted(edges, member, claim_type="institutional")
        edges.surgery(member, "2", ANCHOR, LEAD, original_claim_id=f"{member}-1", paid_amount="70", **columns)


def _total_lines(edges: Edges, clause: str) -> None:
    cases: Cases = {
        "plain": {},
        "short-code": {"revenue_center_code": "1"},
        "filler-hcpcs": {"hcpcs_code": "00000"},
        "with-hcpcs": {"hcpcs_code": "99213"},
        "professional": {"claim_type": "professional"},
        "other-revenue": {"revenue_center_code": "0002"},
        "negative": {"paid_amount": "-100"},
        "pending": {"claim_status": "pending"},
    }
    for case, columns in cases.items():
        member = f"{clause}/{case}"
        _implanted(edges, member, claim_type="institutional")
        told = {"claim_type": "institutional", "revenue_center_code": "0001", "hcpcs_code": ""} | columns
        edges.line(member, "1", ANCHOR, "", 9, **told)
    member = f"{clause}/alone"
    _enrolled(edges, member)
    for number, amount in ((10, "7"), (9, "5")):
        told = {"claim_type": "institutional", "revenue_center_code": "0001", "paid_amount": amount}
        edges.line(member, "1", ANCHOR, "", number, **told)
    edges.diagnosis(member, "1", "M54.50")
    edges.add("claim_procedure", claim_id=f"{member}-1", procedure_rank="1", procedure_code="00HU3MZ")
    member = f"{clause}/paid-total-of-a-pending-seven"
    _implanted(edges, member, claim_type="institutional")
    seven = {"claim_type": "institutional", "claim_frequency_code": "7", "original_claim_id": f"{member}-1"}
    edges.line(member, "2", ANCHOR, LEAD, 1, claim_status="pending", **seven)
    edges.line(member, "2", ANCHOR, "", 2, revenue_center_code="0001", **seven)
    edges.diagnosis(member, "2", "M54.50")


def _credits(edges: Edges, clause: str) -> None:
    credits_of: Cases = {
        "exact": {},
        "cent-off": {"paid_amount": "-99.99"},
        "other-day": {"claim_line_start_date": _on(-9)},
        "other-code": {"hcpcs_code": "97112"},
        "other-revenue": {"revenue_center_code": "0420"},
        "denied": {"claim_status": "denied"},
        "units-with-amount": {"paid_amount": "100.00", "service_unit_quantity": "-1"},
        "bracketed": {"paid_amount": "(100.00)"},
    }
    for case, columns in credits_of.items():
        member = f"{clause}/{case}"
        _treated(edges, member)
        edges.line(member, "2", ANCHOR - timedelta(days=10), "99213", 2, paid_amount="500.00")
        edges.line(member, "2", ANCHOR - timedelta(days=10), EXERCISE, 3, **({"paid_amount": "-100.00"} | columns))
    for case, units in {"units": "-1", "other-units": "-2"}.items():
        member = f"{clause}/{case}"
        _treated(edges, member, paid_amount="0", service_unit_quantity="1")
        credit = {"paid_amount": "0", "service_unit_quantity": units}
        edges.line(member, "2", ANCHOR - timedelta(days=10), EXERCISE, 3, **credit)
    for case, numbers in {"by-length": (10, 2), "by-bytes": (1, 2)}.items():
        member = f"{clause}/first-{case}"
        _enrolled(edges, member)
        edges.line(member, "1", ANCHOR, LEAD, numbers[0], hcpcs_modifier_1="53")
        edges.line(member, "1", ANCHOR, LEAD, numbers[1])
        edges.line(member, "1", ANCHOR, LEAD, 11, paid_amount="-100.00")
        edges.diagnosis(member, "1", "M54.50")
    for case, offset in {"in": -90, "out": -91}.items():
        member = f"{clause}/whole-claim-red-flag-{case}"
        _implanted(edges, member)
        for number, amount in ((1, "100.00"), (2, "-100.00")):
            told = {"claim_status": "pending", "paid_amount": amount}
            edges.line(member, "2", ANCHOR + timedelta(days=offset), "99213", number, **told)
        edges.diagnosis(member, "2", "C79.51")
    member = f"{clause}/whole-claim-opens-nothing"
    for number, amount in ((1, "100.00"), (2, "-100.00")):
        told = {"claim_type": "institutional", "claim_status": "pending", "paid_amount": amount}
        edges.line(member, "1", ANCHOR, "", number, **told)
    edges.diagnosis(member, "1", "M54.50")
    edges.add("claim_procedure", claim_id=f"{member}-1", procedure_rank="1", procedure_code="00HU3MZ")


def _fills_taken_back(edges: Edges, clause: str) -> None:
    gone = {"claim_status": "reversed"}
    cases: dict[str, tuple[tuple[int, str, dict[str, str]], ...]] = {
        "equal-days": ((-60, "28", {}), (-59, "28", gone)),
        "other-line": ((-60, "28", {"claim_line_number": "1"}), (-59, "28", {"claim_line_number": "2"} | gone)),
        "same-line": ((-60, "28", {"claim_line_number": "01"}), (-59, "28", {"claim_line_number": "1"} | gone)),
        "other-claim": ((-60, "28", {}), (-59, "28", {"claim_id": "elsewhere"} | gone)),
        "of-equal-days": ((-60, "28", {}), (-40, "14", {}), (-39, "14", gone)),
        "first-delivered": ((-60, "28", {}), (-40, "14", {}), (-39, "20", gone)),
        "first-delivered-of-the-other-order": ((-60, "14", {}), (-40, "28", {}), (-39, "20", gone)),
        "comes-first": ((-59, "28", gone), (-60, "28", {})),
        "negative-quantity": ((-60, "28", {}), (-59, "1", {"quantity": "-2"})),
        "no-quantity": ((-60, "28", {}), (-59, "1", {"quantity": "0"})),
        "negative-quantity-reversed": ((-60, "28", {}), (-59, "1", {"quantity": "-2"} | gone)),
        "negative-denied": ((-60, "28", {}), (-59, "-1", {"claim_status": "denied"})),
    }
    for case, rows in cases.items():
        member = f"{clause}/{case}"
        _second_class(edges, member)
        for number, (offset, days, columns) in enumerate(rows):
            _fill(edges, member, offset, days, delivery=str(min(number, 1) + 1), **columns)


def _interim_bills(edges: Edges, clause: str) -> None:
    kind = {"claim_type": "institutional", "service_unit_quantity": "1"}
    last: Cases = {
        "same": {},
        "amount": {"paid_amount": "101.00"},
        "units": {"service_unit_quantity": "2"},
        "blank-units": {"service_unit_quantity": ""},
        "professional": {"claim_type": "professional"},
        "other-digit": {"bill_type_code": "0115"},
        "by-frequency": {"bill_type_code": "0111", "claim_frequency_code": "4"},
        "other-revenue": {"revenue_center_code": "0360"},
    }
    for case, columns in last.items():
        member = f"{clause}/{case}"
        _enrolled(edges, member)
        for number, bill in enumerate(PIECES, start=1):
            told = kind | {"bill_type_code": bill, "allowed_amount": f"{number}00.00"}
            edges.surgery(member, str(number), ANCHOR, LEAD, **(told | columns if bill == PIECES[-1] else told))
    member = f"{clause}/more-in-one"
    _enrolled(edges, member)
    edges.surgery(member, "1", ANCHOR, LEAD, **kind, bill_type_code="0112")
    edges.surgery(member, "2", ANCHOR, LEAD, LEAD, **kind, bill_type_code="0113")


# -- values ---------------------------------------------------------------------------------------------


def _blanks(edges: Edges, clause: str) -> None:
    words = ("NULL", "(null)", r"\N", "nan", "NaT", "none", "N/A", "#N/A", "<NA>", "\u00a0NULL", "NUL", "-", "99999")
    for number, word in enumerate(words):
        _treated(edges, f"{clause}/word-{number}", hcpcs_code=word, revenue_center_code="0420")
    for case, code in {
        "no-break-space": f"\u00a0{LEAD}",
        "zero-width": f"{LEAD}\u200b",
        "inside": "63\u200b6\u00a050",
        "another-letter": "6365\u00d8",
    }.items():
        _implanted(edges, f"{clause}/{case}", hcpcs_code=code)


def _point_zero(edges: Edges, clause: str) -> None:
    for case, code in {"one-zero": "420.0", "two-zeros": "420.00", "half": "420.5"}.items():
        _treated(edges, f"{clause}/revenue-{case}", hcpcs_code="", revenue_center_code=code)
    _treated(edges, f"{clause}/hcpcs", hcpcs_code="97110.0")
    _implanted(edges, f"{clause}/modifier", hcpcs_modifier_1="53.0")
    for case, number in {"new-version": "1.0", "another-line": "1.00"}.items():
        member = f"{clause}/{case}"
        _implanted(edges, member)
        edges.line(member, "1", ANCHOR, LEAD, claim_line_number=number, paid_amount="7", paid_date=_on(40))
    member = f"{clause}/original"
    _enrolled(edges, member)
    told = {"claim_type": "professional", "hcpcs_code": LEAD, "claim_line_start_date": _on(0), "member_id": member}
    for claim_id, more in (
        ("700100", {}),
        ("700200.0", {"claim_frequency_code": "7.0", "original_claim_id": "700100.0"}),
    ):
        edges.add("medical_claim", claim_id=claim_id, claim_line_number="1", paid_amount="9", **told, **more)
        edges.add("claim_diagnosis", claim_id=claim_id, diagnosis_rank="1.0", diagnosis_code="M54.50")
    for claim_id in ("2.02603E+11", "1E10"):
        edges.add("medical_claim", claim_id=claim_id, claim_line_number="1", paid_amount="9", **told)


def _composites(edges: Edges, clause: str) -> None:
    codes = ("HC:63650:RT:53", "HC>63650", "hc:63650:rt53", "63650:53", "HC-63650", "HC:99999")
    for number, code in enumerate(codes):
        _implanted(edges, f"{clause}/code-{number}", hcpcs_code=code)
    for number, run in enumerate(("RT53", "rt 53", "RT5", "LT59KX")):
        _implanted(edges, f"{clause}/run-{number}", hcpcs_modifier_1=run)


def _dates(edges: Edges, clause: str) -> None:
    fillers = ("9999-12-31", "9999-01-01", "2999-12-31", "1900-01-01", "1899-12-30", "0001-01-01")
    others = ("1900-01-02", "2999-12-30", "2024-06-10 00:00:00", "2024-06-10T00:00", "2024-06-10 00:00:01")
    for number, written in enumerate((*fillers, *others)):
        _implanted(edges, f"{clause}/claim-{number}", claim_end_date=written)
        for column in ("enrollment_start_date", "enrollment_end_date"):
            member = f"{clause}/{column}-{number}"
            edges.surgery(member, "1", ANCHOR, LEAD)
            edges.add("eligibility", **(SPAN | {"member_id": member, column: written}))
        for column in ("valid_from", "valid_to"):
            member = f"{clause}/{column}-{number}"
            _implanted(edges, member)
            told = {"authorization_id": "A1", "member_id": member, "decision": "approved", column: written}
            edges.add("prior_authorization", **told)


def _amounts(edges: Edges, clause: str) -> None:
    written = ("$1,234.50", "($12.00)", "-$5", "1,000", "1.234,50", "12,50", "1,0000", "12.00-", "1234,567", "1E3")
    for number, amount in enumerate(written):
        member = f"{clause}/paid-{number}"
        _implanted(edges, member, paid_amount="5000.00")
        edges.line(member, "1", ANCHOR, "63685", 2, paid_amount=amount)
    _implanted(edges, f"{clause}/charge", charge_amount="1.234,50")
    for case, birth in {"early": "1850-01-01", "word": "yesterday"}.items():
        member = f"{clause}/birth-{case}"
        edges.enrolled(member, has_pharmacy_benefit="true", birth_date=birth)
        edges.surgery(member, "1", ANCHOR, LEAD)


def _drugs(edges: Edges, clause: str) -> None:
    for days in ("998", "999", "1000"):
        member = f"{clause}/days-{days}"
        _second_class(edges, member)
        _fill(edges, member, -300, days)
    for days in ("-998", "-999"):
        member = f"{clause}/days{days}"
        _second_class(edges, member)
        _fill(edges, member, -300, "30")
        _fill(edges, member, -299, days)
    forms = ("00002-3235-30", "0002*3235*30", "0002 3235 30", "N400002323530", "n4 0002-3235-30", "0002323530")
    for number, ndc in enumerate(forms):
        member = f"{clause}/ndc-{number}"
        _second_class(edges, member)
        _fill(edges, member, -300, "30", generic_name="", ndc_code=ndc)
    member = f"{clause}/amount"
    _second_class(edges, member)
    _fill(edges, member, -300, "30", paid_amount="1.234,50")


CLAUSES: dict[str, Callable[[Edges, str], None]] = {
    "A2 a diagnosis row names its member": _named_diagnoses,
    "A4 diagnoses of a shared claim number": _shared_number,
    "A5 procedures of a shared claim number": _shared_procedures,
    "B1 versions of authorizations": _authorizations,
    "B3 versions of spans": _spans,
    "B6 procedures in columns": _wide_procedures,
    "C1 frequency digit of the bill type": _bill_types,
    "C2 total lines": _total_lines,
    "C3 credited lines": _credits,
    "C4 fills taken back": _fills_taken_back,
    "C5 previous identifiers": _previous_identifiers,
    "D1 interim bills": _interim_bills,
    "E1 blanks": _blanks,
    "E2 point zero and mangled identifiers": _point_zero,
    "E4 composite codes and runs of modifiers": _composites,
    "E5 E7 filler dates and date-times": _dates,
    "E9 E11 amounts and what no verdict reads": _amounts,
    "E6 E10 days supply and drug codes": _drugs,
    "E8 G4 pharmacy benefit": _benefits,
}
"""The clauses by the numbers they have in the list of differences that the work was planned from."""


def clause_members() -> dict[str, list[Row]]:
    """Extracts of the members of all clauses: table to rows, each with its delivery and file."""
    edges = Edges()
    for clause, tell in CLAUSES.items():
        tell(edges, clause)
    edges.line("newest", "1", date(2026, 6, 30), "99213")
    return _given(edges)


# -- runs that are set up otherwise ----------------------------------------------------------------------


def reach_members() -> dict[str, list[Row]]:
    """Members whose look-back begins 319 to 321 days, or whose clean period begins 684 to 686 days, inside the reach.

    Lines of somebody else make three busy years of claims from 2022-01-10 on, ten rows a month, with July 2023 thin.
    """
    edges = Edges()
    for year in (2022, 2023, 2024):
        for month in range(1, 13):
            for number in range(0 if (year, month) == (2023, 7) else 10):
                edges.line("somebody", f"{year}-{month}-{number}", date(year, month, 10), "99213")
    edges.line("somebody", "thin", date(2023, 7, 10), "99213")
    for anchor in ("2022-11-16", "2022-11-17", "2023-11-16", "2023-12-16", "2024-06-10", "2024-07-01"):
        member = f"anchor-{anchor}"
        _enrolled(edges, member)
        edges.surgery(member, "1", date.fromisoformat(anchor), LEAD, "63685")
    member = "not-enrolled"
    _enrolled(edges, member, start=date(2022, 3, 1))
    edges.surgery(member, "1", date(2022, 11, 10), LEAD)
    return _given(edges)


def payment_members() -> dict[str, list[Row]]:
    """Members whose payments are told, told in part or not at all."""
    edges = Edges()
    for case, amounts in {"told": ("7", "8"), "in-part": ("7", ""), "not": ("", ""), "excluded": ("", "")}.items():
        _enrolled(edges, case)
        for number, amount in enumerate(amounts, start=1):
            told = {"paid_amount": amount, "allowed_amount": "500"}
            edges.line(
                case, "1", ANCHOR, LEAD, number, **told, **({"hcpcs_modifier_1": "53"} if case == "excluded" else {})
            )
        edges.diagnosis(case, "1", "M54.50")
    return _given(edges)


def members_sent_again() -> dict[str, list[Row]]:
    """Claims that come again with fewer lines or diagnoses, with an earlier payment, or not at all."""
    edges = Edges()
    for case in ("fewer-lines", "fewer-diagnoses", "diagnosis-alone", "not-again", "line-before-the-period"):
        _enrolled(edges, case)
        edges.surgery(case, "1", ANCHOR, LEAD, "63685", paid_date=_on(40))
        edges.diagnosis(case, "1", "M96.1", 2)
        told = {"claim_type": "professional", "hcpcs_code": LEAD, "claim_line_start_date": _on(0), "paid_date": _on(20)}
        if case.startswith("fewer"):
            line = {"member_id": case, "claim_id": f"{case}-1", "claim_line_number": "1", "paid_amount": "70.00"}
            edges.add("medical_claim", "2", **line, **told)
        if case in ("fewer-diagnoses", "diagnosis-alone"):
            edges.diagnosis(case, "1", "M54.50", delivery="2")
        if case == "line-before-the-period":
            edges.line(case, "1", date(2023, 12, 31), "99213", 3)
    edges.add(
        "medical_claim",
        "2",
        member_id="somebody",
        claim_id="somebody-1",
        claim_line_number="1",
        claim_type="professional",
        claim_line_start_date=_on(0),
        paid_amount="1",
    )
    return _given(edges)


def members_of_empty_feeds() -> dict[str, list[Row]]:
    """A member with enough care; of the optional feeds a header came, or rows that are all set aside."""
    edges = Edges()
    member = "treated"
    edges.surgery(member, "1", ANCHOR, LEAD)
    for number in range(7):
        for claim, code in (("E", EXERCISE), ("M", "98940")):
            edges.line(member, f"{claim}{number}", ANCHOR - timedelta(days=200 - 12 * number), code)
            edges.diagnosis(member, f"{claim}{number}", "M54.50")
    edges.add("care_documentation", member_id="", document_id="D1")
    edges.add("prior_authorization", member_id="", authorization_id="A1", decision="approved")
    return edges.extracts
