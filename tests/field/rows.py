"""Rows of invented members for the field cases, and deliveries of them as CSV text."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from io import StringIO

Row = dict[str, str]
Rows = list[tuple[str, Row]]
"""Rows with the table each is of."""

IMPLANT_DAY = date(2026, 3, 10)
LOW_BACK_PAIN = "M54.50"


def line(member: str, claim: str, number: str, day: date, paid: str, **columns: str) -> tuple[str, Row]:
    """A paid claim line on ``day``; professional unless ``columns`` say otherwise."""
    plain = {
        "claim_id": claim,
        "claim_line_number": number,
        "claim_type": "professional",
        "member_id": member,
        "claim_line_start_date": day.isoformat(),
        "paid_date": (day + timedelta(days=14)).isoformat(),
        "paid_amount": paid,
        "claim_status": "paid",
        "service_unit_quantity": "1",
    }
    return "medical_claim", plain | columns


def diagnosis(member: str, claim: str, code: str = LOW_BACK_PAIN) -> tuple[str, Row]:
    """The first diagnosis of a claim."""
    return "claim_diagnosis", {
        "claim_id": claim,
        "member_id": member,
        "diagnosis_rank": "1",
        "diagnosis_code": code,
    }


def implant(
    member: str, claim: str | None = None, *, lead: str = "9000", generator: str = "21000", **columns: str
) -> Rows:
    """The two lines of an implantation for unspecified low back pain, 30,000 dollars as they stand."""
    claim = claim or f"{member}-implant"
    return [
        line(member, claim, columns.pop("first_number", "1"), IMPLANT_DAY, lead, hcpcs_code="63650", **columns),
        line(member, claim, columns.pop("second_number", "2"), IMPLANT_DAY, generator, hcpcs_code="63685", **columns),
        diagnosis(member, claim),
    ]


def span(member: str, **columns: str) -> tuple[str, Row]:
    """An enrolment with pharmacy benefit since 2020, without an end."""
    return "eligibility", {
        "member_id": member,
        "enrollment_start_date": "2020-01-01",
        "has_pharmacy_benefit": "true",
    } | columns


def exercise(member: str, **columns: str) -> Rows:
    """Fourteen weekly visits for exercise in the summer before the implantation, on a claim each."""
    rows: Rows = []
    for week in range(14):
        claim = f"{member}-pt{week:02d}"
        day = date(2025, 6, 2) + timedelta(weeks=week)
        rows += [line(member, claim, "1", day, "60", **({"hcpcs_code": "97110"} | columns)), diagnosis(member, claim)]
    return rows


def fill(member: str, number: int, drug: str, **columns: str) -> tuple[str, Row]:
    """A fill of a month of a drug, in May or in December of 2025."""
    return "pharmacy_claim", {
        "claim_id": f"{member}-rx{number}",
        "claim_line_number": "1",
        "member_id": member,
        "dispensing_date": ("2025-05-01", "2025-12-01")[number - 1],
        "generic_name": drug,
        "quantity": "60",
        "days_supply": "30",
        "paid_amount": "12",
        "claim_status": "paid",
    } | columns


def two_drugs(member: str, **columns: str) -> Rows:
    """A month each of two classes of drugs, which is medication enough."""
    return [fill(member, 1, "naproxen", **columns), fill(member, 2, "acetaminophen", **columns)]


def files(rows: Rows) -> dict[str, str | bytes]:
    """The files of a delivery of ``rows``, one a table."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for table, row in rows:
        tables[table].append(row)
    return {f"{table}.csv": _csv(own) for table, own in sorted(tables.items())}


def _csv(rows: list[Row]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
