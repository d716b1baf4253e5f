"""What nobody sent is said to be unknown wherever a person reads it, and is never 0."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from pipelines.ground.published_file import open_published
from pipelines.reports.explanation import explanation
from pipelines.reports.report import report
from tests.support.run_in_small import DELIVERED, make_working, publish_in_small

if TYPE_CHECKING:
    from pipelines.publishing.publish import Published

UNKNOWN_AND_SHARED = """
    update landed.medical_claim set paid_amount = null where claim_id = 'A1' and claim_line_number = '2';
    insert into landed.medical_claim by name
    select * from landed.medical_claim where claim_id = 'B1';
    update landed.medical_claim set member_id = 'dan' where claim_id = 'B1' and source_row = 3;
    update landed.claim_diagnosis set diagnosis_code = 'M5450' where claim_id = 'B1';
    insert into landed.eligibility by name
    select 'dan' as member_id, date '2020-01-01' as enrollment_start_date, 1 as delivery_number, 3 as file_number,
           4 as source_row;
"""
NOBODY_ENROLLED = """
    delete from landed.eligibility;
    update landed.feed set is_supplied = false where table_name = 'eligibility';
"""


class Audit:
    """A published audit with its reports, and what publishing said of it."""

    def __init__(self, out: Path, delivered: str) -> None:
        make_working(out / "work" / "run.duckdb", delivered=delivered)
        self.told: Published = publish_in_small(out)
        self.published = out / "published"
        report(self.published.parent)
        self.pages = self.published / "report"

    def case_of(self, member: str) -> str:
        with open_published(self.published) as connection:
            [[case]] = connection.execute(
                "select case_id from episode_review where member_id = $member", {"member": member}
            ).fetchall()
        return str(case)

    def page(self, name: str) -> str:
        return (self.pages / name).read_text(encoding="utf-8")

    def shown(self, member: str) -> str:
        with open_published(self.published) as connection:
            return "\n".join(explanation(connection, self.case_of(member)).lines())


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """Ada's dollars hold an amount that nobody sent; bea and dan share a claim number; another is flagged."""
    return Audit(tmp_path_factory.mktemp("unknown"), DELIVERED + UNKNOWN_AND_SHARED)


@pytest.fixture(scope="module")
def unenrolled(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The same members, and no eligibility was delivered."""
    return Audit(tmp_path_factory.mktemp("unenrolled"), DELIVERED + NOBODY_ENROLLED)


def test_a_sum_of_dollars_says_how_many_episodes_are_not_in_it(audit: Audit) -> None:
    assert (audit.told.flagged_count, audit.told.unknown_payment_count) == (2, 1)
    assert f"{audit.told.flagged_paid_amount:.2f}" == "25750.05"

    page = audit.page("worklist.html")
    assert "25,750.05" in page
    assert "those of 1 episode are unknown and not in the sum" in page
    # Two members may be told of to nobody, and so may what is unknown of them.
    assert "not in the sum" not in audit.page("summary.html")


def test_the_case_page_and_show_say_that_the_dollars_are_unknown(audit: Audit) -> None:
    page = audit.page(f"cases/{audit.case_of('ada')}.html")

    assert "<dd>unknown<span" in page
    assert "A paid amount was not supplied" in page
    assert "An unknown amount was paid for the episode's claims: A1" in audit.shown("ada")
    assert "25,750.05 US dollars paid for the episode's claims: C1" in audit.shown("=cmd")


def test_the_workbook_says_unknown_in_the_cell_and_leaves_it_out_of_the_sum(audit: Audit) -> None:
    workbook = openpyxl.load_workbook(next(audit.published.glob("*.xlsx")))
    sheet = workbook["Worklist"]
    names = [cell.value for cell in sheet[2]]
    rows = [{name: cell.value for name, cell in zip(names, row, strict=True)} for row in sheet.iter_rows(min_row=3)]
    paid = {row["case_id"]: row["paid_amount"] for row in rows if row["case_id"]}
    told = [cell.value for row in workbook["Read me"].iter_rows() for cell in row]

    assert paid == {audit.case_of("ada"): "unknown", audit.case_of("=cmd"): 25750.05}
    assert any(
        "2 episodes, 25,750.05 US dollars paid, under review; those of 1 episode are unknown" in str(line)
        for line in told
    )


def test_the_csv_leaves_an_unknown_amount_blank(audit: Audit) -> None:
    with (audit.published / "worklist.csv").open(encoding="utf-8", newline="") as lines:
        paid = {line["case_id"]: line["paid_amount"] for line in csv.DictReader(lines)}

    assert paid == {audit.case_of("ada"): "", audit.case_of("=cmd"): "25750.05"}


def test_a_shared_claim_number_is_told_with_what_to_deliver(audit: Audit) -> None:
    for member in ("bea", "dan"):
        for text in (audit.shown(member), audit.page(f"cases/{audit.case_of(member)}.html")):
            assert "stands under more than one member" in text
            assert "Deliver member_id with the diagnoses" in text
    assert "whose diagnoses these are cannot be told" in audit.shown("bea")
    assert "Claim number shared by members" in audit.page("worklist.html")


def test_where_nobody_says_who_was_enrolled_the_days_are_unknown(unenrolled: Audit) -> None:
    with open_published(unenrolled.published) as connection:
        rows = connection.execute(
            "select distinct outcome, outcome_reason, enrolled_days from episode_review"
        ).fetchall()

    assert ("not_assessable", "insufficient_enrollment", None) in rows
    page = unenrolled.page(f"cases/{unenrolled.case_of('ada')}.html")
    assert "enrolled unknown of 365 days of the look-back" in page.lower()
    assert "None" not in unenrolled.page("worklist.html")
    shown = unenrolled.shown("ada")
    assert "No enrolment was delivered" in shown
    assert "None" not in shown


def test_the_episodes_of_a_published_file_can_be_told_again(audit: Audit, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(audit.published.parent, tmp_path / "out", symlinks=True))
    again = report(copied)

    assert again.pages
