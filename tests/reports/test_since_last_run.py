"""What is new on the list since the run before: on the worklist, in the workbook, on the summary where it may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import openpyxl
import pytest

from pipelines.ground.published_file import open_published
from pipelines.reports.report import WORKLIST_XLSX, report
from pipelines.reports.since_last_run import News, SinceLastRun, since_last_run
from tests.support.nights import delivery, eligible, implant, night

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.reports.report import Reports

MEMBERS = ("ada", "bea", "cal", "dot")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights: ada's amount changes, bea stays, cal leaves the list, dot comes onto it, eve is new."""
    out = tmp_path_factory.mktemp("nights") / "out"
    lines = [line for name in MEMBERS for line in implant(name[0].upper() + "1", name, "2026-01-20")]
    codes = {"A1": "M5450", "B1": "M5450", "C1": "M5450", "D1": "M961"}
    night(out, 1, delivery(lines, codes, eligibility=eligible(*MEMBERS, "eve")))
    more = [
        *implant("A1", "ada", "2026-01-20", paid="1100"),
        *implant("E1", "eve", "2026-02-20"),
        *implant("D2", "dot", "2026-01-20", more=",,7,D1"),
        *implant("C2", "cal", "2026-01-20", more=",,8,C1"),
    ]
    night(out, 2, delivery(more, {"A1": "M5450", "E1": "M5450", "D2": "M5450", "C2": "M5450"}))
    return out


@pytest.fixture(scope="module")
def reports(out: Path) -> Reports:
    return report(out)


def news_by_member(out: Path) -> dict[str, str]:
    with open_published(out / "published") as connection:
        news = since_last_run(connection)
        cases = connection.execute("select member_id, case_id from episode_review where outcome = 'flagged'").fetchall()
    assert news is not None
    return {member: news.word(case_id) for member, case_id in cases}


def test_a_flagged_case_is_new_on_the_list_changed_or_unchanged(out: Path) -> None:
    assert news_by_member(out) == {"ada": "changed", "bea": "unchanged", "dot": "new", "eve": "new"}


def test_what_changed_and_how_many_left_is_told(out: Path) -> None:
    with open_published(out / "published") as connection:
        news = since_last_run(connection)
        [[ada]] = connection.execute("select case_id from episode_review where member_id = 'ada'").fetchall()

    assert news is not None
    assert "paid amount" in news.changed(ada)
    assert (news.left_count, news.is_first) == (1, False)
    assert [news.count(word) for word in ("new", "changed", "unchanged")] == [2, 1, 1]


def test_the_worklist_says_it_as_text_and_the_workbook_has_a_column(out: Path, reports: Reports) -> None:
    page = reports.pages[0].read_text(encoding="utf-8")
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", page.split('id="flagged-table"')[1].split("</table>")[0])
    cells = [re.sub("<[^>]+>", "|", re.findall(r"<td.*?</td>", row)[2]) for row in rows]
    book = openpyxl.load_workbook(out / "published" / WORKLIST_XLSX)["Worklist"].iter_rows(min_row=2, values_only=True)
    header = next(book)

    assert sorted(cell.split("|")[1] for cell in cells) == ["Changed", "New", "New", "Unchanged"]
    assert "paid amount" in next(cell for cell in cells if "Changed" in cell)
    assert sorted(str(row[header.index("since_last_run")]) for row in book) == ["changed", "new", "new", "unchanged"]
    assert "<dt>New since last run</dt><dd>2<" in page
    assert "1 changed, 1 left the list" in page


@pytest.mark.long
def test_in_the_first_run_all_are_new(tmp_path: Path) -> None:
    out = tmp_path / "out"
    night(out, 1, delivery(implant("A1", "ada", "2026-01-20"), {"A1": "M5450"}, eligibility=eligible("ada")))
    made = report(out)

    assert news_by_member(out) == {"ada": "new"}
    assert "the first run: all are new" in made.pages[0].read_text(encoding="utf-8")
    assert "New since last run" not in (out / "published" / "report" / "summary.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("new", "stayed", "left", "is_shown"),
    [
        (11, 30, 0, True),
        (10, 30, 0, False),
        (11, 10, 0, False),
        (11, 30, 10, False),
        (11, 30, 11, True),
        (0, 30, 0, True),
    ],
)
def test_the_summary_counts_the_new_only_where_nothing_small_can_be_told_from_it(
    new: int, stayed: int, left: int, is_shown: bool
) -> None:
    words = ["new"] * new + ["unchanged"] * stayed
    news = SinceLastRun({str(place): News(word, ()) for place, word in enumerate(words)}, left, is_first=False)

    assert news.shown_new_count() == (new if is_shown else None)
