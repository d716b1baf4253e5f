"""The worklist workbook, opened again: what is open and what is locked, what is offered, and that nothing can run."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.reports.words import MASK
from pipelines.reports.workbook import COLUMNS, write_workbook
from pipelines.review.case_review import case_review, published_review
from pipelines.review.decision_words import decision_words
from pipelines.review.decisions import read_decisions
from tests.support.review_in_small import (
    AS_OF,
    FIRST_RUN,
    FLAG_ERROR,
    SUPPORTED,
    case_rows,
    publish_first_night,
    publish_second_night,
    take_in,
    write_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl import Workbook

    from pipelines.ground.warehouse import Connection

OPEN_COLUMNS = {
    "decision_kind", "review_outcome", "review_reason", "review_note", "assignee", "reviewer", "reviewer_credential",
    "licence_state", "decided_on",
}  # fmt: skip
HIDDEN_COLUMNS = {"run_id", "row_hash", "decision_seen"}
HOSTILE = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\tx", " =1", "\uff1d1", "{=1}", "http://x", "0012"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_first_night(tmp_path_factory.mktemp("night"))


@pytest.fixture
def connection(published: Path) -> Iterator[Connection]:
    with open_published(published) as opened:
        yield opened


@pytest.fixture(scope="module")
def workbook(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "worklist.xlsx"
    with open_published(published) as connection:
        write_workbook(connection, path, as_of=AS_OF)
    return openpyxl.load_workbook(path)


def sheet_of(workbook: Workbook, name: str) -> Any:
    return workbook[name]


def cells_of(workbook: Workbook, row: int) -> dict[str, Any]:
    sheet = sheet_of(workbook, "Worklist")
    return {str(header.value): sheet.cell(row, header.column) for header in sheet[2]}


def values_of(path: Path, row: int) -> dict[str, Any]:
    return {name: cell.value for name, cell in cells_of(openpyxl.load_workbook(path), row).items()}


def test_the_five_sheets_stand_in_order_and_the_worklist_is_shown_first(workbook: Workbook) -> None:
    assert workbook.sheetnames == ["Read me", "Worklist", "Evidence", "Dictionary", "Lists"]
    assert workbook.active is workbook["Worklist"]


def test_a_row_is_a_flagged_episode_and_the_best_comes_first(workbook: Workbook, connection: Connection) -> None:
    findings = connection.execute("select case_id, paid_amount from audit.finding").fetchall()
    sheet = sheet_of(workbook, "Worklist")

    assert [row[0] for row in sheet.iter_rows(min_row=3, max_col=1, values_only=True)] == [row[0] for row in findings]
    dollars = sum(Decimal(str(cells_of(workbook, row)["paid_amount"].value)) for row in range(3, sheet.max_row + 1))
    assert dollars == sum(row[1] for row in findings) == Decimal("56750.40")


def test_dates_and_amounts_are_real_and_identifiers_are_text(workbook: Workbook) -> None:
    row = cells_of(workbook, 3)

    assert row["service_date"].value == datetime(2026, 1, 20)  # noqa: DTZ001 - a workbook has no time zones
    assert (row["paid_amount"].value, row["paid_amount"].number_format) == (31000.35, "#,##0.00")
    assert (row["claim_ids"].value, row["claim_ids"].data_type) == ("A1", "s")
    assert row["case_id"].number_format == "@"
    assert row["priority_score"].data_type == "n"


def test_the_member_is_masked_as_on_pages(workbook: Workbook) -> None:
    assert cells_of(workbook, 3)["member"].value == MASK


def test_header_and_two_columns_are_frozen_every_column_filters_and_titles_print_on_every_page(
    workbook: Workbook,
) -> None:
    sheet = sheet_of(workbook, "Worklist")

    assert sheet.freeze_panes == "C3"
    assert sheet.auto_filter.ref == f"A2:{sheet.cell(2, len(COLUMNS)).column_letter}4"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$2", "$A:$B")


def test_only_the_outcome_columns_are_open_and_the_sheet_lets_filter_and_sort(workbook: Workbook) -> None:
    for row in (3, 4):
        cells = cells_of(workbook, row)
        assert {name for name, cell in cells.items() if not cell.protection.locked} == OPEN_COLUMNS
    assert all(cell.protection.locked for cell in sheet_of(workbook, "Worklist")[2])
    protection = sheet_of(workbook, "Worklist").protection
    assert protection.sheet
    assert (protection.sort, protection.autoFilter) == (False, False)  # False: not forbidden
    assert protection.insertRows
    assert protection.deleteColumns
    assert all(sheet_of(workbook, name).protection.sheet for name in workbook.sheetnames)


def test_what_the_import_needs_is_there_and_hidden(workbook: Workbook, published: Path) -> None:
    sheet = sheet_of(workbook, "Worklist")
    cells = cells_of(workbook, 3)
    ada = case_rows(published)["ada"]

    # Neighbours with the same look share one entry in the file.
    spans = [range(span.min, span.max + 1) for span in sheet.column_dimensions.values() if span.hidden]
    hidden = {str(cell.value) for cell in sheet[2] if any(cell.column in span for span in spans)}
    assert hidden == HIDDEN_COLUMNS
    assert (cells["row_hash"].value, cells["run_id"].value) == (ada["row_hash"], FIRST_RUN)


def test_closed_words_are_offered_from_the_lists_and_reasons_follow_the_outcome(workbook: Workbook) -> None:
    offered = {
        str(validation.sqref): (validation.type, validation.formula1)
        for validation in sheet_of(workbook, "Worklist").data_validations.dataValidation
    }
    cells = {name: cell.column_letter for name, cell in cells_of(workbook, 3).items()}

    def rows(name: str) -> str:
        return f"{cells[name]}3:{cells[name]}4"

    kind = f"${cells['decision_kind']}3"
    assert offered[rows("decision_kind")] == ("list", "decision_kind_list")
    assert offered[rows("review_outcome")] == ("list", f'INDIRECT("outcomes_"&IF({kind}="","review",{kind}))')
    assert offered[rows("reviewer_credential")] == ("list", "reviewer_credential_list")
    assert offered[rows("licence_state")] == ("list", "licence_state_list")
    assert offered[rows("review_reason")] == ("list", f'INDIRECT("reasons_"&${cells["review_outcome"]}3)')
    assert offered[rows("decided_on")][0] == "date"


def test_every_list_that_is_offered_holds_the_words_the_import_knows(workbook: Workbook) -> None:
    words = decision_words()

    def named(name: str) -> list[Any]:
        [(sheet, place)] = workbook.defined_names[name].destinations
        return [cell.value for (cell,) in workbook[sheet][place]]

    assert named("decision_kind_list") == ["review", "second_review", "appeal", "payment_action"]
    assert {kind: named(f"outcomes_{kind}") for kind in words.kinds} == {
        kind: words.outcomes_of(kind) for kind in words.kinds
    }
    with_reasons = {(kind, outcome) for kind, outcome, _ in words.reasons}
    assert {pair: named(f"reasons_{pair[1]}") for pair in with_reasons} == {
        pair: words.reasons_of(*pair) for pair in with_reasons
    }
    assert named("reviewer_credential_list") == list(words.standing_by_credential)
    assert set(named("licence_state_list")) == words.licence_states


def test_every_column_is_explained_on_the_sheet_dictionary(workbook: Workbook) -> None:
    explained = {
        (sheet, name)
        for sheet, name, meaning, _ in sheet_of(workbook, "Dictionary").iter_rows(min_row=3, values_only=True)
        if meaning
    }

    assert explained == {
        (sheet, cell.value) for sheet in ("Worklist", "Evidence") for cell in sheet_of(workbook, sheet)[2]
    }


def test_the_evidence_has_every_criterion_of_every_case_in_the_order_of_the_worklist(
    workbook: Workbook, connection: Connection
) -> None:
    rows = list(sheet_of(workbook, "Evidence").iter_rows(min_row=3, values_only=True))
    findings = [row[0] for row in connection.execute("select case_id from audit.finding").fetchall()]

    assert list(dict.fromkeys(row[0] for row in rows)) == findings
    assert [row[3] for row in rows if (row[0], row[1]) == (findings[0], "criterion")] == [
        "exercise_course", "enough_groups", "care_span", "failure_documented", "adequate_care",
    ]  # fmt: skip


def test_why_is_short_and_says_what_cannot_be_told(workbook: Workbook) -> None:
    assert cells_of(workbook, 3)["why"].value == (
        "No conservative care found; drug fills cannot be seen; no documentation delivered"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_can_run_whatever_a_name_contains(text: str, published: Path, tmp_path: Path) -> None:
    path = tmp_path / "worklist.xlsx"
    shutil.copy(published / "stimaudit.duckdb", tmp_path / "stimaudit.duckdb")
    with open_warehouse(tmp_path / "stimaudit.duckdb") as connection:
        connection.execute("update audit.run set code_version = $text, policy_versions = [$text]", {"text": text})
        connection.execute(
            "update audit.episode_review set member_id = $text || $text, claim_ids = [$text], "
            "line_of_business = $text, billed_diagnoses = [$text]",
            {"text": text},
        )
        connection.execute("update audit.criterion_result set explanation = $text", {"text": text})
        write_workbook(connection, path, as_of=AS_OF)

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert not any("<f>" in part or "<f " in part for name, part in parts.items() if "worksheets" in name)
    assert not any(word in name for name in parts for word in ("vba", "externalLink", "media", "drawing"))
    assert not any("hyperlink" in part.split("<sheetData>")[-1].split("</sheetData>")[-1] for part in parts.values())
    cell = cells_of(openpyxl.load_workbook(path), 3)["claim_ids"]
    assert cell.data_type == "s"
    assert str(cell.value).removeprefix("'") == text


def test_decisions_show_with_who_and_when_and_a_returned_case_says_what_changed(
    published: Path, tmp_path: Path
) -> None:
    store, rows = tmp_path / "decisions", case_rows(published)
    back = write_rows(tmp_path / "b.csv", rows["ada"] | SUPPORTED, rows["=cmd"] | FLAG_ERROR | {"assignee": "=Ann"})
    take_in(back, published, store)
    second = publish_second_night(published, tmp_path / "second")
    with open_published(second) as connection:
        write_workbook(connection, tmp_path / "w.xlsx", as_of=AS_OF, review=published_review(connection, store))

    ada, cmd = values_of(tmp_path / "w.xlsx", 3), values_of(tmp_path / "w.xlsx", 4)

    assert (ada["case_status"], ada["changed"]) == ("returned", "dollars: 31,000.35 paid then, 31,000.36 now")
    assert ada["last_decision"] == "FINDING_SUPPORTED by Dr Grace Hopper, MD, licence NY on 2026-07-01"
    assert (cmd["case_status"], cmd["changed"], cmd["assignee"]) == ("decided", None, "'=Ann")
    assert [row[name] for row in (ada, cmd) for name in ("review_outcome", "reviewer", "decided_on")] == [None] * 6
    # Sent back as it is, the workbook changes nothing.
    report = take_in(tmp_path / "w.xlsx", second, store)
    assert [row.fate for row in report.rows] == ["already_recorded"]


def test_the_same_audit_and_decisions_give_the_same_bytes_and_no_clock(connection: Connection, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(connection, tmp_path / name, as_of=AS_OF)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    made = openpyxl.load_workbook(tmp_path / "one.xlsx").properties.created
    assert made == datetime(2026, 6, 30)  # noqa: DTZ001 - a workbook has no time zones
    assert {path.name for path in tmp_path.iterdir()} == {"one.xlsx", "two.xlsx"}


def test_an_audit_without_findings_gives_a_workbook_that_opens(published: Path, tmp_path: Path) -> None:
    shutil.copy(published / "stimaudit.duckdb", tmp_path / "stimaudit.duckdb")
    with open_warehouse(tmp_path / "stimaudit.duckdb") as connection:
        connection.execute("update audit.episode_review set outcome = 'documented', priority_score = null")
        write_workbook(connection, tmp_path / "w.xlsx", as_of=date(2026, 6, 30))

    sheet = sheet_of(openpyxl.load_workbook(tmp_path / "w.xlsx"), "Worklist")
    assert [cell.value for cell in sheet[2]] == [column.name for column in COLUMNS]
    assert not any(cell.value for row in sheet.iter_rows(min_row=3) for cell in row)


@pytest.mark.soak
def test_five_thousand_cases_are_written_in_one_workbook(published: Path, tmp_path: Path) -> None:
    shutil.copy(published / "stimaudit.duckdb", tmp_path / "stimaudit.duckdb")
    with open_warehouse(tmp_path / "stimaudit.duckdb") as connection:
        for table in ("episode_review", "criterion_result"):
            connection.execute(
                f"create or replace table audit.{table} as "
                f"select {table}.* replace (episode_id || number as episode_id) "
                f"from audit.{table} cross join range(2500) as copy (number)"
            )
        connection.execute("update audit.episode_review set case_id = episode_id")
        nobody = read_decisions(tmp_path / "decisions")
        review = case_review(connection, nobody, as_of=AS_OF)
        write_workbook(connection, tmp_path / "w.xlsx", as_of=AS_OF, review=review)

    with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
        assert archive.read("xl/worksheets/sheet2.xml").count(b"<row ") == 2 + 5000


def test_rows_that_a_killed_writer_left_are_gone_with_the_next_workbook(connection: Connection, tmp_path: Path) -> None:
    left = tmp_path / "worklist.xlsx.rows"
    left.mkdir()
    (left / "tmpabc").write_text("ada", encoding="utf-8")

    write_workbook(connection, tmp_path / "worklist.xlsx", as_of=AS_OF)

    assert [path.name for path in tmp_path.iterdir()] == ["worklist.xlsx"]
