"""Members made by hand for what the messy members leave out; found by mutation (docs/mutants.md).

Each member is one case and is named after it. Rows come in two deliveries.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.messy.members import COLUMNS

if TYPE_CHECKING:
    from tests.messy.text import Row

ANCHOR = date(2024, 6, 10)
DULOXETINE_NAME = "duloxetine"


class Edges:
    """Extracts under construction."""

    def __init__(self) -> None:
        self.extracts: dict[str, list[Row]] = {table: [] for table in COLUMNS}

    def add(self, table: str, delivery: str = "1", file: str = "", **columns: str) -> None:
        """A row of a table, in ``<table><file>.csv``."""
        self.extracts[table].append({**columns, "_delivery": delivery, "_file": f"{table}{file}.csv"})

    def line(self, member: str, claim: str, day: date, code: str, number: int = 1, **columns: str) -> None:
        """One paid professional line; keywords take the place of its columns."""
        told: dict[str, str] = {
            "claim_type": "professional",
            "paid_amount": "100.00",
            "hcpcs_code": code,
            "claim_line_number": str(number),
            "claim_line_start_date": day.isoformat(),
        } | columns
        self.add("medical_claim", member_id=member, claim_id=f"{member}-{claim}", **told)

    def diagnosis(self, member: str, claim: str, code: str, rank: int = 1, delivery: str = "1", file: str = "") -> None:
        """One diagnosis, long form."""
        self.add(
            "claim_diagnosis",
            delivery,
            file,
            claim_id=f"{member}-{claim}",
            diagnosis_rank=str(rank),
            diagnosis_code=code,
        )

    def surgery(self, member: str, claim: str, day: date, *codes: str, **columns: str) -> None:
        """One claim for unspecified low back pain with a line a code."""
        for number, code in enumerate(codes, start=1):
            self.line(member, claim, day, code, number, **columns)
        self.diagnosis(member, claim, "M54.50" if day >= date(2015, 10, 1) else "724.5")

    def enrolled(self, member: str, start: date = date(2019, 1, 1), end: date | None = None, **columns: str) -> None:
        """One span of eligibility."""
        self.add(
            "eligibility",
            member_id=member,
            enrollment_start_date=start.isoformat(),
            enrollment_end_date=end.isoformat() if end else "",
            **columns,
        )


def edge_members() -> dict[str, list[Row]]:
    """Extracts: table to rows, each with its delivery and file."""
    edges = Edges()
    _events(edges)
    _adjustments(edges)
    _versions(edges)
    _claims_that_disagree(edges)
    _windows(edges)
    return edges.extracts


def _after(days: int) -> date:
    return ANCHOR + timedelta(days=days)


def _events(edges: Edges) -> None:
    member = "aborted-trial-before-two-trials"
    edges.enrolled(member)
    edges.surgery(member, "1", _after(-100), "63650", hcpcs_modifier_1="53")
    edges.surgery(member, "2", ANCHOR, "63650")
    edges.surgery(member, "3", _after(50), "63650")

    member = "claim-of-a-later-event-beside-an-earlier-one"
    edges.enrolled(member)
    edges.surgery(member, "1", ANCHOR, "63650", hcpcs_modifier_1="53")
    edges.surgery(member, "2", _after(5), "63650")
    edges.line(member, "2", _after(2), "L8680", 2)

    member = "lead-exchange-at-the-end-of-the-link"
    edges.enrolled(member)
    edges.surgery(member, "1", _after(-120), "63650")
    edges.surgery(member, "2", ANCHOR, "63650", "63661")

    member = "device-diagnosis-between-two-trials"
    edges.enrolled(member)
    edges.surgery(member, "1", _after(-100), "63650")
    edges.line(member, "2", _after(-70), "99213")
    edges.diagnosis(member, "2", "Z96.82")
    edges.surgery(member, "3", _after(-40), "63650")
    edges.surgery(member, "4", ANCHOR, "63650", "63685")

    member = "revision-on-the-last-day-on-a-claim-of-another-event"
    edges.enrolled(member)
    edges.surgery(member, "1", _after(-10), "63650", hcpcs_modifier_1="53")
    edges.surgery(member, "2", ANCHOR, "63650", "63685")
    edges.line(member, "3", _after(-9), "L8680")
    edges.line(member, "3", ANCHOR, "63663", 2)

    member = "complications-twice"
    edges.enrolled(member)
    edges.surgery(member, "1", ANCHOR, "63650", "63685")
    for number, days in enumerate((30, 60), start=2):
        edges.line(member, str(number), _after(days), "63688")
        edges.diagnosis(member, str(number), "T85.111A")
        edges.diagnosis(member, str(number), "T85.112A", delivery="2")


def _adjustments(edges: Edges) -> None:
    member = "two-voids-of-one-claim"
    edges.surgery(member, "1", ANCHOR, "63650")
    edges.surgery(member, "2", _after(9), "63650")
    for number in ("3", "4"):
        edges.line(member, number, ANCHOR, "63650", claim_frequency_code="8", original_claim_id=f"{member}-1")

    member = "three-replacements-of-two-claims"
    for number in ("1", "2"):
        edges.surgery(member, number, ANCHOR, "63650")
    for number, originals, paid in (("3", "12", "2024-08-01"), ("4", "1", "2024-08-02"), ("5", "2", "2024-08-03")):
        for line, original in enumerate(originals, start=1):
            edges.line(
                member,
                number,
                ANCHOR,
                "63650",
                line,
                claim_frequency_code="7",
                original_claim_id=f"{member}-{original}",
                paid_date=paid,
            )
        edges.diagnosis(member, number, "M54.50")

    member = "lines-that-replace-and-void"
    for number in ("1", "2"):
        edges.surgery(member, number, ANCHOR, "63650")
    edges.line(member, "3", ANCHOR, "63650", 1, claim_frequency_code="7", original_claim_id=f"{member}-1")
    edges.line(member, "3", ANCHOR, "63650", 2, claim_frequency_code="8", original_claim_id=f"{member}-2")
    edges.diagnosis(member, "3", "M54.50")

    member = "an-original-that-is-there-and-one-that-is-not"
    edges.surgery(member, "1", ANCHOR, "63650")
    edges.line(member, "2", ANCHOR, "63650", 1, claim_frequency_code="7", original_claim_id=f"{member}-1")
    edges.line(member, "2", ANCHOR, "63650", 2, claim_frequency_code="7", original_claim_id="elsewhere")
    edges.diagnosis(member, "2", "M54.50")

    member = "a-pending-replacement-beside-a-line-of-another-code"
    edges.surgery(member, "1", ANCHOR, "63650")
    held = {"claim_status": "pending", "paid_amount": "0"}
    edges.line(member, "2", ANCHOR, "63650", 1, claim_frequency_code="7", original_claim_id="elsewhere", **held)
    edges.line(member, "2", ANCHOR, "63650", 2, claim_frequency_code="1", original_claim_id=f"{member}-1", **held)
    edges.diagnosis(member, "2", "M54.50")

    member = "two-replacements-of-two-claims"
    for number in ("1", "2"):
        edges.surgery(member, number, ANCHOR, "63650", paid_amount="40.00")
    for number, original in (("3", "1"), ("4", "2")):
        edges.line(member, number, ANCHOR, "63650", claim_frequency_code="7", original_claim_id=f"{member}-{original}")
        # A line that does not say what it replaces.
        edges.line(member, number, ANCHOR, "63650", 2, claim_frequency_code="1", original_claim_id=f"{member}-3")
        edges.diagnosis(member, number, "M54.50")


def _versions(edges: Edges) -> None:
    """A code is delivered, corrected, and delivered again as it was; in deliveries, in files, in rows of a file."""
    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
        ("rows", (("1", ""), ("1", ""), ("1", ""))),
        ("files", (("1", ""), ("1", "_10"), ("1", "_9"))),
        ("deliveries", (("1", "_z"), ("2", "_a"), ("2", "_b"))),
    )
    for name, (first, second, third) in places:
        for times, shown in (("twice", (first, second)), ("thrice", (first, second, third))):
            member = f"diagnosis-{times}-in-{name}"
            edges.line(member, "1", ANCHOR, "63650")
            for code, (delivery, file) in zip(("M54.50", "M54.16", "M54.50"), shown, strict=False):
                edges.diagnosis(member, "1", code, delivery=delivery, file=file)

            member = f"procedure-{times}-in-{name}"
            edges.line(member, "1", ANCHOR, "", claim_type="institutional")
            edges.diagnosis(member, "1", "M54.50")
            for code, (delivery, file) in zip(("00HU3MZ", "0JH60BZ", "00HU3MZ"), shown, strict=False):
                edges.add(
                    "claim_procedure",
                    delivery,
                    file,
                    claim_id=f"{member}-1",
                    procedure_rank="1",
                    procedure_code=code,
                )
            # Another rank keeps the episode whatever becomes of the first.
            edges.add("claim_procedure", claim_id=f"{member}-1", procedure_rank="2", procedure_code="00HV3MZ")

        member = f"statement-fill-and-authorization-again-in-{name}"
        edges.enrolled(member)
        edges.surgery(member, "1", ANCHOR, "63650")
        for number, (delivery, file) in enumerate((first, second)):
            # A file that is delivered again byte for byte is not landed again: these differ in one row.
            edges.add("care_documentation", delivery, file, document_id=f"other-{number}", member_id=member)
            edges.add(
                "pharmacy_claim",
                delivery,
                file,
                claim_id=f"{member}-other-{number}",
                member_id=member,
                dispensing_date=_after(-90).isoformat(),
                days_supply="1",
            )
            edges.add(
                "care_documentation",
                delivery,
                file,
                document_id="D1",
                member_id=member,
                modality="exercise",
                outcome="no_benefit",
                document_date=_after(-20).isoformat(),
                start_date=_after(-200).isoformat(),
                end_date=_after(-30).isoformat(),
                author_role="physician",
                source_type="clinic_note",
            )
            edges.add(
                "pharmacy_claim",
                delivery,
                file,
                claim_id=f"{member}-fill",
                member_id=member,
                dispensing_date=_after(-60).isoformat(),
                generic_name=DULOXETINE_NAME,
                days_supply="30",
            )
            edges.add("prior_authorization", delivery, file, authorization_id="A1", member_id=member, decision="denied")


def _claims_that_disagree(edges: Edges) -> None:
    member = "discharged-after-the-change-of-codes"
    edges.line(member, "1", date(2015, 9, 29), "63650", claim_end_date="2015-09-30")
    edges.line(member, "1", date(2015, 9, 29), "99213", 2, claim_end_date="2015-10-02")
    edges.diagnosis(member, "1", "M54.5")

    member = "professional-and-institutional-lines"
    edges.line(member, "1", ANCHOR, "99213")
    edges.line(member, "1", ANCHOR, "99213", 2, claim_type="institutional")
    edges.diagnosis(member, "1", "M54.50")
    edges.diagnosis(member, "1", "M51.36", 2)
    edges.add("claim_procedure", claim_id=f"{member}-1", procedure_rank="1", procedure_code="00HU3MZ")

    member = "lines-of-two-lines-of-business"
    edges.line(member, "1", ANCHOR, "63650", line_of_business="medicare_ffs")
    edges.line(member, "1", ANCHOR, "63685", 2, line_of_business="commercial")
    edges.diagnosis(member, "1", "M54.50")

    member = "institutional-line-with-a-pointer"
    edges.line(member, "1", ANCHOR, "63650", claim_type="institutional", diagnosis_pointer="2")
    edges.diagnosis(member, "1", "M54.50")
    edges.diagnosis(member, "1", "M51.36", 2)

    member = "one-line-with-the-trial-condition"
    edges.line(member, "1", ANCHOR, "63650", condition_codes="30", clinical_trial_number="NCT01234567")
    edges.line(member, "1", ANCHOR, "63650", 2, condition_codes="44", clinical_trial_number="local-7")
    edges.diagnosis(member, "1", "M54.50")
    edges.diagnosis(member, "1", "Z00.6", 2)


def _windows(edges: Edges) -> None:
    for member, column in (
        ("red-flag-on-a-claim-of-two-days", "claim_line_start_date"),
        ("red-flag-on-a-claim-of-two-starts", "claim_start_date"),
    ):
        edges.enrolled(member)
        edges.surgery(member, "1", ANCHOR, "63650")
        for number, days in enumerate((-91, -89), start=1):
            edges.line(member, "2", _after(-89), "99213", number, **{column: _after(days).isoformat()})
        edges.diagnosis(member, "2", "C79.51")

    member = "fill-on-the-first-day-of-history"
    edges.enrolled(member)
    edges.surgery(member, "1", ANCHOR, "63650")
    edges.add(
        "pharmacy_claim",
        claim_id=f"{member}-fill",
        member_id=member,
        dispensing_date=_after(-730).isoformat(),
        generic_name=DULOXETINE_NAME,
        days_supply="30",
    )

    member = "seen-on-the-first-and-last-day-of-history-and-follow-up"
    edges.surgery(member, "1", ANCHOR, "63650", "63685")
    edges.enrolled(member, end=_after(-730))
    edges.enrolled(member, start=_after(730), end=_after(800))
    edges.line(member, "2", _after(-730), "96130")
    edges.line(member, "3", _after(-730), "63661")
    # The newest day of the data; follow-up is complete on it.
    edges.line(member, "4", _after(730), "99213")

    member = "span-that-ends-on-the-first-day-of-the-look-back"
    edges.enrolled(member, end=_after(-365))
    edges.surgery(member, "1", ANCHOR, "63650")

    member = "first-day-of-the-medicare-policy"
    edges.surgery(member, "1", date(1995, 8, 7), "63650", line_of_business="medicare_ffs")

    member = "first-day-of-the-trial-modifier"
    edges.surgery(member, "1", date(2008, 1, 1), "63650", hcpcs_modifier_1="Q0", clinical_trial_number="01234567")
    edges.diagnosis(member, "1", "V70.7", 2)
