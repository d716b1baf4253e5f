"""The worklist as files: no cell can run, types stay types, and it reads like the database."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import openpyxl
import pytest

from pipelines.ground.errors import UsageError
from pipelines.reports.report import report
from tests.support.run_in_small import make_working, publish_in_small

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

HOSTILE = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "\rx", " =1", "\uff1d1"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    make_working(folder / "work" / "run.duckdb")
    publish_in_small(folder)
    report(folder)
    return folder


@pytest.fixture(scope="module")
def workbook(out: Path) -> Workbook:
    return openpyxl.load_workbook(out / "published" / "worklist.xlsx")


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_text_that_could_run_as_a_formula_is_neutralised_in_csv_and_workbook(out: Path, workbook: Workbook) -> None:
    assert read_csv(out / "published" / "worklist.csv")[1]["member_id"] == "'=cmd"
    kinds = {cell.data_type for sheet in workbook for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize("text", HOSTILE)
def test_every_dangerous_first_character_gets_an_apostrophe(text: str, tmp_path: Path) -> None:
    from pipelines.ground.published_file import open_any_published
    from pipelines.ground.warehouse import open_warehouse
    from pipelines.publishing.worklist_csv import worklist_frame

    make = tmp_path / "stimaudit.duckdb"
    with open_warehouse(make) as connection:
        connection.execute("create schema audit")
        connection.execute("create table audit.finding (episode_id varchar, anchor_date date, priority_score double)")
        connection.execute("insert into audit.finding values ($text, null, -1.5)", {"text": text})
    with open_any_published(tmp_path) as connection:
        frame = worklist_frame(connection)

    assert frame.rows() == [(f"'{text}", None, -1.5)]


def test_an_ordinary_text_is_left_as_it_is(out: Path) -> None:
    assert read_csv(out / "published" / "worklist.csv")[0]["member_id"] == "ada"


def test_csv_and_workbook_show_the_same_findings_in_the_same_order(out: Path, workbook: Workbook) -> None:
    in_csv = [line["case_id"] for line in read_csv(out / "published" / "worklist.csv")]
    rows = workbook["Worklist"].iter_rows(values_only=True)
    header = next(row for row in rows if "case_id" in row)
    in_workbook = [row[header.index("case_id")] for row in rows]

    assert in_workbook == in_csv


def test_a_folder_without_an_audit_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no published audit"):
        report(tmp_path)
