"""A synthetic member under construction: claims, fills, spans, authorizations and statements as extract rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, str]

LOW_BACK_PAIN = ("M5450",)
SURGEON_NPI = "1900000012"
CLINIC_NPI = "1900000024"
HOSPITAL_NPI = "1900000036"
SUPPLIER_NPI = "1900000048"
"""Provider numbers that no provider can hold: their check digits are wrong on purpose."""

IBUPROFEN = {"rxnorm_code": "5640", "generic_name": "IBUPROFEN 600 MG TABLET"}
IBUPROFEN_BY_NDC = {"ndc_code": "99999010130", "generic_name": ""}
NAPROXEN_BY_ATC = {"atc_code": "M01AE02", "generic_name": ""}
ACETAMINOPHEN_BY_NAME = {"generic_name": "ACETAMINOPHEN 500 MG TABLET"}
DULOXETINE_BY_BRAND = {"ndc_code": "00002-3270-30", "generic_name": "DULOXETINE HCL DR 60 MG CAPSULE"}
DULOXETINE_BY_NDC = {"ndc_code": "99999020230", "generic_name": ""}
CYCLOBENZAPRINE = {"rxnorm_code": "21949", "generic_name": "CYCLOBENZAPRINE 10 MG TABLET"}
DICLOFENAC_GEL = {"rxnorm_code": "3355", "generic_name": "DICLOFENAC SODIUM 1% GEL"}


def before(day: date, days: int) -> date:
    """The day that lies ``days`` before ``day``."""
    return day - timedelta(days=days)


def after(day: date, days: int) -> date:
    """The day that lies ``days`` after ``day``."""
    return day + timedelta(days=days)


def every(days: int, *, first: date, times: int) -> list[date]:
    """``times`` dates from ``first`` on, ``days`` apart."""
    return [after(first, days * number) for number in range(times)]


@dataclass(frozen=True)
class Line:
    """One claim line: what was done, on which day of the claim, for how much."""

    hcpcs: str = ""
    paid: str = "0.00"
    revenue: str = ""
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    pointer: str = "1"
    day: date | None = None
    status: str = "paid"


class ClaimFacts(TypedDict, total=False):
    """What a claim may say of itself beyond its lines and diagnoses."""

    frequency: str
    original: str
    paid_on: date
    end: date
    claim_id: str
    place_of_service_code: str
    bill_type_code: str
    rendering_npi: str
    facility_npi: str
    condition_codes: str
    clinical_trial_number: str
    prior_authorization_number: str


@dataclass(frozen=True)
class Expected:
    """What the rule makes of one episode of the member, reasoned by hand from its story."""

    anchor: date
    outcome: str
    reason: str
    kind: str
    paid: str
    exclusions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stage: str = "post_pay"


@dataclass
class Member:
    """One synthetic member and every extract row that speaks of them."""

    member_id: str
    line_of_business: str = "commercial"
    rows: dict[str, list[Row]] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    claim_count: int = 0

    def add(self, table: str, **values: str) -> None:
        """Adds one row to ``table``; what is not named is blank."""
        self.rows.setdefault(table, []).append(values)

    def next_claim_id(self) -> str:
        """A claim id that nobody else has."""
        self.claim_count += 1
        return f"{self.member_id}-{self.claim_count:03d}"

    def expect(self, expected: Expected) -> None:
        """States what the rule makes of one episode of this member."""
        self.expected.append(expected)

    def enrolled(self, start: date = date(2020, 1, 1), end: date | None = None, *, drugs: str = "true") -> None:
        """One eligibility span, both ends in; no end means still enrolled."""
        number = sum(self.member_id.encode())
        self.add(
            "eligibility",
            member_id=self.member_id,
            enrollment_start_date=start.isoformat(),
            enrollment_end_date=end.isoformat() if end else "",
            line_of_business=self.line_of_business,
            payer="Example Health",
            plan="Example Plan",
            has_pharmacy_benefit=drugs,
            birth_date=f"{1948 + number % 35}-{number % 12 + 1:02d}-15",
            gender="FM"[number % 2],
            state=("OH", "OR", "NM", "VT")[number % 4],
        )

    def claim(
        self,
        claim_type: str,
        day: date,
        lines: Sequence[Line],
        diagnoses: Sequence[str] = LOW_BACK_PAIN,
        **facts: Unpack[ClaimFacts],
    ) -> str:
        """The id of a claim just added with its lines, and its diagnoses by rank.

        The fact ``claim_id`` names a claim that is delivered again: its lines become newer
        versions, its diagnoses stay as they are.
        """
        claim_id = facts.get("claim_id") or self.next_claim_id()
        last_day = facts.get("end") or max([day, *(line.day or day for line in lines)])
        paid_date = (facts.get("paid_on") or after(day, 21)).isoformat()
        for number, line in enumerate(lines, start=1):
            line_day = (line.day or day).isoformat()
            paid = Decimal(line.paid)
            self.add(
                "medical_claim",
                claim_id=claim_id,
                claim_line_number=str(number),
                claim_type=claim_type,
                member_id=self.member_id,
                claim_line_start_date=line_day,
                claim_line_end_date=line_day,
                claim_start_date=day.isoformat(),
                claim_end_date=last_day.isoformat(),
                line_of_business=self.line_of_business,
                payer="Example Health",
                plan="Example Plan",
                place_of_service_code=facts.get("place_of_service_code", ""),
                bill_type_code=facts.get("bill_type_code", ""),
                revenue_center_code=line.revenue,
                hcpcs_code=line.hcpcs,
                **{f"hcpcs_modifier_{place}": code for place, code in enumerate(line.modifiers, start=1)},
                service_unit_quantity=line.units,
                diagnosis_pointer=line.pointer if claim_type == "professional" else "",
                condition_codes=facts.get("condition_codes", ""),
                clinical_trial_number=facts.get("clinical_trial_number", ""),
                prior_authorization_number=facts.get("prior_authorization_number", ""),
                rendering_npi=facts.get("rendering_npi", ""),
                billing_npi=HOSPITAL_NPI if claim_type == "institutional" else CLINIC_NPI,
                facility_npi=facts.get("facility_npi", ""),
                paid_date="" if line.status == "pending" else paid_date,
                paid_amount=f"{paid:.2f}",
                allowed_amount=f"{paid * Decimal('1.20'):.2f}",
                charge_amount=f"{paid * Decimal('2.50'):.2f}",
                claim_status=line.status,
                claim_frequency_code=facts.get("frequency", "1"),
                original_claim_id=facts.get("original", ""),
                data_source="synthetic",
            )
        if "claim_id" not in facts:
            for rank, code in enumerate(diagnoses, start=1):
                self.add(
                    "claim_diagnosis",
                    claim_id=claim_id,
                    diagnosis_rank=str(rank),
                    diagnosis_code=code,
                    diagnosis_code_type="icd-10-cm",
                )
        return claim_id

    def professional(
        self,
        day: date,
        lines: Sequence[Line],
        diagnoses: Sequence[str] = LOW_BACK_PAIN,
        **facts: Unpack[ClaimFacts],
    ) -> str:
        """The id of an office's or a surgeon's claim."""
        facts.setdefault("place_of_service_code", "11")
        facts.setdefault("rendering_npi", SURGEON_NPI)
        return self.claim("professional", day, lines, diagnoses, **facts)

    def outpatient(
        self,
        day: date,
        lines: Sequence[Line],
        diagnoses: Sequence[str] = LOW_BACK_PAIN,
        **facts: Unpack[ClaimFacts],
    ) -> str:
        """The id of an outpatient hospital's claim."""
        facts.setdefault("bill_type_code", "131")
        facts.setdefault("facility_npi", HOSPITAL_NPI)
        return self.claim("institutional", day, lines, diagnoses, **facts)

    def trial(
        self, day: date, diagnoses: Sequence[str] = LOW_BACK_PAIN, **facts: Unpack[ClaimFacts]
    ) -> tuple[str, str]:
        """The ids of the surgeon's and the hospital's claim of a lead trial: 850 + 9,200 = 10,050 dollars."""
        surgeon = self.professional(day, [Line("63650", "850")], diagnoses, **facts)
        hospital = self.outpatient(
            day, [Line("63650", "9200", revenue="0360"), Line("C1897", revenue="0278")], diagnoses, **facts
        )
        return surgeon, hospital

    def permanent(
        self, day: date, diagnoses: Sequence[str] = LOW_BACK_PAIN, **facts: Unpack[ClaimFacts]
    ) -> tuple[str, str]:
        """The ids of both claims of a permanent implant with its leads: 850 + 640 + 28,500 = 29,990 dollars."""
        surgeon = self.professional(day, [Line("63650", "850"), Line("63685", "640")], diagnoses, **facts)
        hospital = self.outpatient(
            day,
            [
                Line("63685", "28500", revenue="0360"),
                Line("63650", revenue="0360"),
                Line("C1820", revenue="0278"),
                Line("C1778", revenue="0278", units="2"),
            ],
            diagnoses,
            **facts,
        )
        return surgeon, hospital

    def visit(self, day: date, diagnoses: Sequence[str] = LOW_BACK_PAIN, code: str = "99213") -> None:
        """An office visit: shows diagnoses, is no care that counts."""
        self.professional(day, [Line(code, "92.40")], diagnoses)

    def worked_up(self, anchor: date, *, psychological: bool = True) -> None:
        """Back pain known for longer than 90 days, and (if so) a psychological evaluation in the look-back."""
        self.visit(before(anchor, 200))
        self.visit(before(anchor, 20))
        if psychological:
            self.professional(before(anchor, 30), [Line("90791", "155.10")], ("F4321",))

    def therapy(
        self,
        days: Iterable[date],
        diagnoses: Sequence[str] = LOW_BACK_PAIN,
        *,
        code: str = "97110",
        units: str = "2",
        status: str = "paid",
    ) -> None:
        """One professional claim a day of one therapy code."""
        for day in days:
            paid = "0" if status == "denied" else "61.25"
            self.professional(day, [Line(code, paid, units=units, status=status)], diagnoses)

    def fill(self, day: date, drug: Row, days_supply: int = 30, *, status: str = "paid") -> None:
        """One pharmacy claim; negative days' supply takes a fill back."""
        self.add(
            "pharmacy_claim",
            **{
                "claim_id": self.next_claim_id(),
                "claim_line_number": "1",
                "member_id": self.member_id,
                "dispensing_date": day.isoformat(),
                **drug,
                "quantity": str(days_supply),
                "days_supply": str(days_supply),
                "paid_amount": f"{Decimal(days_supply) * Decimal('0.42'):.2f}",
                "claim_status": status,
            },
        )

    def exercised(self, anchor: date) -> None:
        """An adequate exercise course: 12 weekly dates from 210 to 133 days before the anchor."""
        self.therapy(every(7, first=before(anchor, 210), times=12))

    def medicated(self, anchor: date) -> None:
        """Two classes of 60 days each; the last counted day is the day before the anchor."""
        self.fill(before(anchor, 120), IBUPROFEN)
        self.fill(before(anchor, 90), IBUPROFEN_BY_NDC)
        self.fill(before(anchor, 60), DULOXETINE_BY_BRAND)
        self.fill(before(anchor, 30), DULOXETINE_BY_NDC)

    def authorized(
        self, decision: str, valid_from: date, valid_to: date | None, hcpcs: str = "", number: str = "1"
    ) -> str:
        """The id of a prior authorization just added."""
        authorization_id = f"PA-{self.member_id}-{number}"
        self.add(
            "prior_authorization",
            authorization_id=authorization_id,
            member_id=self.member_id,
            decision=decision,
            hcpcs_code=hcpcs,
            decision_date=before(valid_from, 3).isoformat(),
            valid_from=valid_from.isoformat(),
            valid_to=valid_to.isoformat() if valid_to else "",
        )
        return authorization_id

    def documented(
        self,
        modality: str,
        outcome: str,
        document_date: date,
        *,
        start: date | None = None,
        end: date | None = None,
        visits: str = "",
    ) -> None:
        """One statement about a course of care, signed and sourced."""
        number = len(self.rows.get("care_documentation", [])) + 1
        self.add(
            "care_documentation",
            document_id=f"DOC-{self.member_id}-{number}",
            member_id=self.member_id,
            modality=modality,
            outcome=outcome,
            document_date=document_date.isoformat(),
            start_date=start.isoformat() if start else "",
            end_date=end.isoformat() if end else "",
            visit_count=visits,
            author_role="pain physician",
            source_type="progress note",
            source_reference=f"page {number}",
        )
