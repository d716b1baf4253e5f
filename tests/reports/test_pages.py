"""The pages as files: what they say, what they may not say, and that they are the same bytes each time."""

from __future__ import annotations

import csv
import html
import re
import shutil
import stat
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from markupsafe import escape

from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.reports import words
from pipelines.reports.file_names import shown_name, shown_names, without_names
from pipelines.reports.frame import make_environment, read_stamp, write_page
from pipelines.reports.letter import write_letters
from pipelines.reports.pages import write_pages
from pipelines.reports.payer_words import EXAMPLE_TEMPLATE, PAYERS_TEMPLATE, read_letter_template
from pipelines.reports.report import WORKLIST_XLSX, report
from pipelines.reports.suppression import DOLLAR_STEP, dollars_rounded_up
from pipelines.reports.words import MASK, WHY_LENGTH, masked
from pipelines.reports.workbook import write_workbook
from pipelines.reports.worklist_page import WORKLIST_ROWS, worklist_page_facts
from tests.reports.conftest import FORMULA, HOSTILE, LONG, SCRIPT, Report, with_pages
from tests.support.run_in_small import AS_OF

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.rule.dossier import Policy

# The right-hand column of the table of words; a finding is a reason to review.
NEVER_SAID = re.compile(
    r"\bden(?:y|ied|iable|ials?)\b|\boverpa(?:id|yments?)\b|\bsavings?\b|\brecover(?:y|ies|ed)\b|\brecoup"
    r"|\bfraud|\babus(?:e|ive)\b|not medically necessary|failed criteria|suspect provider|did not have"
    r"|lacks documentation|system decision|auto-closed",
    re.IGNORECASE,
)


def said(source: str) -> str:
    """What a reader of the page sees, without styles and script."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", bare))


def test_the_scan_for_forbidden_words_finds_them() -> None:
    assert [
        NEVER_SAID.search(text) is not None for text in ("Claim denied.", "an overpayment", "Paid, under review")
    ] == [
        True,
        True,
        False,
    ]


def test_no_page_says_a_forbidden_word(sample: Report, hostile: Report) -> None:
    # The dictionary explains the words of delivered claims, such as the status of a line.
    pages = [path for made in (sample, hostile) for path in made.written if path.name != "dictionary.html"]

    assert {
        path.name: found.group(0) for path in pages if (found := NEVER_SAID.search(said(path.read_text("utf-8"))))
    } == {}


def test_no_export_and_no_letter_says_a_forbidden_word(sample: Report, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    with open_published(sample.published) as connection:
        case = sample.case_of("S-NONE-01").removeprefix("cases/").removesuffix(".html")
        letters = write_letters(connection, case, tmp_path, template=read_letter_template(EXAMPLE_TEMPLATE))
    shutil.copytree(sample.published.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    report(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "published" / WORKLIST_XLSX)
    # The dictionary explains the payer's own words, and a closed list holds them.
    cells = [
        str(cell.value)
        for sheet in book.worksheets
        if sheet.title not in {"Dictionary", "Lists"}
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    texts = [
        *cells,
        (sample.published / "worklist.csv").read_text("utf-8"),
        *(page.extract_text() for letter in letters for page in pypdf.PdfReader(letter).pages),
    ]

    assert [found.group(0) for text in texts if (found := NEVER_SAID.search(text))] == []


def test_every_open_episode_has_a_page_and_no_excluded_one(sample: Report) -> None:
    with open_published(sample.published) as connection:
        cases = {
            row[0]
            for row in connection.execute("select case_id from episode_review where outcome <> 'excluded'").fetchall()
        }

    assert {path.stem for path in sample.written if path.parent.name == "cases"} == cases
    assert [path.name for path in sample.written[:6]] == [
        "worklist.html", "summary.html", "metrics.html", "run.html", "rules.html", "dictionary.html",
    ]  # fmt: skip


def test_the_same_audit_gives_the_same_bytes(sample: Report, dossiers: tuple[Policy, ...], tmp_path: Path) -> None:
    again = with_pages(sample.published.parent, tmp_path / "again", dossiers).written

    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in sample.written]


def test_pages_of_cases_that_are_gone_are_removed_and_others_of_the_folder_stay(
    hostile: Report, tmp_path: Path
) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "NA-2020-GONE.html").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    with open_published(hostile.published) as connection:
        write_pages(connection, tmp_path)

    assert not (tmp_path / "cases" / "NA-2020-GONE.html").exists()
    assert (tmp_path / "notes.txt").exists()


def test_pages_are_readable_by_owner_and_group_alone(hostile: Report) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in hostile.written}

    assert modes == {0o640}
    assert stat.S_IMODE((hostile.pages / "cases").stat().st_mode) == 0o750


def test_every_page_forbids_loading_and_carries_its_stamp(sample: Report) -> None:
    for path in sample.written:
        source = path.read_text("utf-8")
        assert "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:" in source
        assert "No determination has been made" in source or path.name == "run.html"
        for stamp in (
            "R20260630-00000001",
            "0.1.0+000000000000",
            "evidence_low_back_pain 1.0.0",
            "2026-07-01 02:05 UTC",
        ):
            assert stamp in source, (path.name, stamp)


def test_totals_of_the_page_the_csv_and_the_database_agree_to_the_cent(sample: Report) -> None:
    with open_published(sample.published) as connection:
        [[count, dollars]] = connection.execute("select count(*), sum(paid_amount) from finding").fetchall()
    with (sample.published / "worklist.csv").open(encoding="utf-8", newline="") as lines:
        amounts = [Decimal(line["paid_amount"]) for line in csv.DictReader(lines)]
    flagged = sample.text("worklist.html").split('id="flagged-table"')[1].split("</table>")[0]
    cells = [Decimal(amount) for amount in re.findall(r'data-v="(\d+\.\d\d)">[\d,]+\.\d\d<', flagged)]

    assert (len(amounts), sum(amounts)) == (count, dollars)
    assert (len(cells), sum(cells)) == (count, dollars)
    assert f"<dd>{dollars:,.2f}<" in sample.text("worklist.html")
    assert f"<dd>{dollars_rounded_up(dollars, DOLLAR_STEP):,}<" in sample.text("summary.html")


def test_totals_of_the_workbook_are_those_of_the_database_to_the_cent(sample: Report, tmp_path: Path) -> None:
    with open_published(sample.published) as connection:
        [[count, dollars]] = connection.execute("select count(*), sum(paid_amount) from finding").fetchall()
        write_workbook(connection, tmp_path / "worklist.xlsx", as_of=AS_OF)
    rows = list(openpyxl.load_workbook(tmp_path / "worklist.xlsx")["Worklist"].iter_rows(values_only=True))
    header = next(row for row in rows if "paid_amount" in row)
    amounts = [Decimal(str(row[header.index("paid_amount")])) for row in rows[rows.index(header) + 1 :] if row[0]]

    assert (len(amounts), sum(amounts)) == (count, dollars)


def test_the_worklist_masks_members_and_case_pages_name_theirs(sample: Report) -> None:
    worklist = said(sample.text("worklist.html"))

    assert "S-NONE-01" not in worklist
    assert f"S{MASK}E-01" in worklist
    assert "S-NONE-01" in sample.text(sample.case_of("S-NONE-01"))


@pytest.mark.parametrize(("member", "shown"), [("12345678", f"1{MASK}5678"), ("1234567", MASK), ("", MASK)])
def test_a_masked_member_cannot_be_told_from_what_is_left(member: str, shown: str) -> None:
    assert masked(member) == shown


def test_every_reason_is_plain_and_short(sample: Report) -> None:
    reasons = re.findall(r'<td class="reason">(.*?)</td>', sample.text("worklist.html"))

    assert max(map(len, reasons)) <= WHY_LENGTH
    assert "No conservative care found; no failure statement" in reasons
    assert not any("_" in reason for reason in reasons)


def test_the_workbook_gives_the_same_reasons_as_the_page(sample: Report, tmp_path: Path) -> None:
    with open_published(sample.published) as connection:
        write_workbook(connection, tmp_path / "worklist.xlsx", as_of=AS_OF)
    rows = openpyxl.load_workbook(tmp_path / "worklist.xlsx")["Worklist"].iter_rows(min_row=2, values_only=True)
    header = next(rows)
    reasons = [row[header.index("why")] for row in rows]

    assert len(reasons) > 40
    assert reasons == [
        html.unescape(reason) for reason in re.findall(r'<td class="reason">(.*?)</td>', sample.text("worklist.html"))
    ]


def test_a_case_page_shows_the_payers_own_rights_text_and_makes_up_none(sample: Report, tmp_path: Path) -> None:
    shutil.copytree(sample.published.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    case = tmp_path / "published" / "report" / sample.case_of("S-NONE-01")
    not_set = "The plan's text is not set."

    report(tmp_path)
    assert not_set in html.unescape(case.read_text("utf-8"))

    example = EXAMPLE_TEMPLATE.read_text("utf-8")
    (tmp_path / PAYERS_TEMPLATE).write_text(example, encoding="utf-8")
    report(tmp_path)
    assert not_set in html.unescape(case.read_text("utf-8"))

    own = re.sub(r"(?m)^rights = .*$", 'rights = "You may <b>appeal</b> a denial in 60 days."', example)
    (tmp_path / PAYERS_TEMPLATE).write_text(own, encoding="utf-8")
    report(tmp_path)
    page = case.read_text("utf-8")
    assert "You may &lt;b&gt;appeal&lt;/b&gt; a denial in 60 days." in page
    assert "template example 1" in page
    assert not_set not in html.unescape(page)


def test_pages_and_workbook_of_made_up_data_say_so_and_others_do_not(sample: Report, tmp_path: Path) -> None:
    stamp = "Synthetic data: nobody here is real."
    assert not any(stamp in path.read_text("utf-8") for path in sample.written)
    shutil.copytree(sample.published.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    with open_warehouse(tmp_path / "published" / DATABASE_FILE) as connection:
        connection.execute("""update audit.run set parameters = '{"synthetic_data": true}'""")

    made = report(tmp_path)

    assert all(stamp in path.read_text("utf-8") for path in made.pages)
    first = openpyxl.load_workbook(tmp_path / "published" / WORKLIST_XLSX)["Read me"]
    assert stamp in [cell.value for (cell,) in first.iter_rows(max_row=6, max_col=1)]


def test_the_summary_names_nobody_and_shows_no_small_count(sample: Report) -> None:
    source = said(sample.text("summary.html"))
    with open_published(sample.published) as connection:
        names = connection.execute(
            "select member_id from episode_review union select case_id from episode_review "
            "union select episode_id from episode_review union select unnest(claim_ids) from episode_review"
        ).fetchall()
    counts = [
        int(cell.replace(",", "")) for cell in re.findall(r'<td class="num">([\d,]+)</td>', sample.text("summary.html"))
    ]

    assert [name for [name] in names if name in source] == []
    assert [count for count in counts if 1 <= count <= 10] == []
    assert "not shown: small numbers" in source
    assert not re.search(r"\(\d+\)", source)


def test_what_may_support_the_service_is_told_before_the_criteria(sample: Report) -> None:
    page = said(sample.text(sample.case_of("S-NONE-05")))
    empty = said(sample.text(sample.case_of("S-NONE-01")))

    assert page.index("May support the service") < page.index("What was asked")
    assert re.search(r"(Supported indication|Earlier spine surgery)\s+✓ Found", page)
    assert re.search(r"Supported indication\s+\u2013 None found\s+None found in the data received", empty)


def test_gaps_of_the_data_are_told_with_the_days(sample: Report) -> None:
    page = said(sample.text(sample.case_of("S-HOLD-01")))

    assert "Enrolled 100 of 365 days of the look-back; drug fills cannot be seen" in page
    assert "? Cannot tell" in page


def test_records_that_an_open_criterion_asks_for_are_ticked_and_others_are_not(sample: Report) -> None:
    page = sample.text(sample.case_of("S-FAIL-01"))
    ticks = re.findall(r'<input type="checkbox"( checked)? autocomplete="off"><span>([^<]+)', page)

    assert [document.split(",")[0] for checked, document in ticks if checked] == [
        "Office notes of the treating clinician"
    ]
    assert any(document.startswith("Physical therapy") for checked, document in ticks if not checked)


def test_the_rules_page_gives_numbers_reasons_limits_and_what_speaks_against_it(sample: Report) -> None:
    page = said(sample.text("rules.html"))

    for text in (
        "Exercise min dates", "Our choice: about one visit a week", "Limits", "What speaks against it", "PMC10391586",
        "107,728", "Value sets", "checked by stimaudit founders",
    ):  # fmt: skip
        assert text in page
    for unverified in ("31%", "PROCESS", "SOLIS", "SENZA"):
        assert unverified not in page


def test_a_dossier_that_is_not_the_runs_version_is_not_shown_as_its_own(hostile: Report, tmp_path: Path) -> None:
    with open_published(hostile.published) as connection:
        write_pages(connection, tmp_path, policies=())

    page = (tmp_path / "rules.html").read_text("utf-8")
    assert "The dossier of the version that this run used is not at hand" in page
    assert "Exercise min dates" in page


def test_hostile_names_are_shown_as_text(hostile: Report) -> None:
    pages = [path.read_text("utf-8") for path in hostile.written]

    assert not any(SCRIPT in page or "<img" in page for page in pages)
    for name in HOSTILE:
        assert any(name in html.unescape(page) for page in pages)
    assert FORMULA in html.unescape(hostile.text("worklist.html"))
    assert LONG not in hostile.text("worklist.html")


def test_the_checks_of_the_run_page_add_up_to_their_number(sample: Report) -> None:
    found = re.search(
        r"Checks</dt><dd>(\d+)<span class=\"n\">(\d+) passed, (\d+) failed, (\d+) not applicable",
        sample.text("run.html"),
    )
    with open_published(sample.published) as connection:
        [(mended,)] = connection.execute("select count(*) from data_quality where status = 'counted'").fetchall()

    assert found
    total, *parts = map(int, found.groups())
    assert total == sum(parts) > 0
    assert (f"beside them {mended} counts of mended values" in sample.text("run.html")) == (mended > 0)


def test_the_run_page_names_files_and_columns_of_a_known_form_alone(hostile: Report) -> None:
    source = html.unescape(hostile.text("run.html"))

    assert "img src" not in source
    assert "file 1 of delivery 1" in source
    assert "claim_diagnosis.csv" in source


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("medical_claim.csv", "medical_claim.csv"),
        ("Medical_Claim.CSV.gz", "Medical_Claim.CSV.gz"),
        ("medical_claim_0007.parquet", "medical_claim_0007.parquet"),
        ("medical_claim-2026-05.csv.zst", "medical_claim-2026-05.csv.zst"),
        ("medical_claim/part-00001.parquet", "medical_claim/part-00001.parquet"),
        ("medical_claim_12345678.csv", "file 3 of delivery 2"),
        ("medical_claim_ada.csv", "file 3 of delivery 2"),
        ("ada/medical_claim.csv", "file 3 of delivery 2"),
        ("medical_claim/ada.csv", "file 3 of delivery 2"),
        ("ada medical_claim.csv", "file 3 of delivery 2"),
        ("medical_claim.csv\n", "file 3 of delivery 2"),
        ("ada.pdf", "file 3 of delivery 2"),
    ],
)
def test_a_file_is_named_where_its_name_is_a_tables_with_a_number_or_a_date(name: str, shown: str) -> None:
    names = shown_names([{"file_name": name, "file_number": 3, "delivery_number": 2}])

    assert shown_name(names, name) == shown
    assert shown_name(names, "another") == "a file of another name"
    assert not shown_name(names, None)


def test_the_text_of_a_check_is_shown_up_to_what_was_delivered() -> None:
    told = without_names("Every file is read. Not read: ada.csv (perhaps medical_claim).")

    assert told == "Every file is read. What was not read is named in audit.data_quality."
    assert without_names("Every file is read.") == "Every file is read."


def test_the_top_of_a_long_worklist_is_shown_and_the_rest_is_named(hostile: Report, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    shutil.copy(hostile.published / DATABASE_FILE, tmp_path / "published" / DATABASE_FILE)
    (tmp_path / "published" / DATABASE_FILE).chmod(0o640)
    with open_warehouse(tmp_path / "published" / DATABASE_FILE) as connection:
        connection.execute("use audit")
        connection.execute(
            "insert into episode_review select review.* replace (review.episode_id || '-' || copy as episode_id, "
            "review.case_id || '-' || copy as case_id) from (from episode_review limit 1) as review, "
            "range(2400) as more (copy)"
        )
        context = {"stamp": read_stamp(connection), "words": words} | worklist_page_facts(connection, {})
        page = write_page(make_environment(), context, tmp_path / "worklist.html", "worklist.html.j2").read_text(
            "utf-8"
        )

    assert page.count("<tr><th") == WORKLIST_ROWS
    assert "The other 404 are in worklist.xlsx" in page
    assert len(page.encode()) < 3_000_000


def test_the_lines_of_each_case_page_sum_to_its_dollars_to_the_cent(sample: Report) -> None:
    with open_published(sample.published) as connection:
        reviews = connection.execute(
            "select case_id, paid_amount, allowed_amount from episode_review where outcome <> 'excluded'"
        ).fetchall()

    assert len(reviews) > 1
    for case_id, paid, allowed in reviews:
        table = sample.text(f"cases/{case_id}.html").split('id="dollar-table"')[1].split("</table>")[0]
        body, foot = table.split("<tfoot>")
        cells = [Decimal(amount) for amount in re.findall(r'class="num" data-v="(-?\d+\.\d\d)"', body)]
        assert (sum(cells[0::2]), sum(cells[1::2])) == (paid, allowed)
        assert f'class="num">{paid:,.2f}</td><td class="num">{allowed:,.2f}<' in foot


def test_the_dictionary_page_explains_every_column_and_every_way_leads_to_a_model(sample: Report) -> None:
    page = sample.text("dictionary.html")
    with open_published(sample.published) as connection:
        columns = connection.execute(
            "select table_name, column_name, meaning from dictionary where column_name <> ''"
        ).fetchall()
        models = connection.execute("select model, made_of from lineage").fetchall()
        tables = connection.execute("select distinct 'audit.' || table_name from dictionary").fetchall()

    told = page.split('id="column-table"')[1].split("</table>")[0]
    rows = {tuple(re.findall(r'class="mono">([^<]*)<', row)[:2]) for row in told.split("<tr>")}
    assert {(table, column) for table, column, _ in columns} <= rows
    assert all(str(escape(meaning)) in told for _, _, meaning in columns)
    places = set(re.findall(r'id="(model-[^"]+)"', page))
    assert places == {f"model-{model}" for model, _ in models}
    assert set(re.findall(r'href="#(model-[^"]+)"', page)) <= places
    assert {name for (name,) in tables} <= {model for model, _ in models}
    made_of = dict(models)
    made = {"kept", "staging", "intermediate", "audit", "history"}
    assert {table for reads in made_of.values() for table in reads if table.split(".")[0] in made} <= set(made_of)
    assert "audit.episode_review" in made_of["audit.finding"]
    assert "kept.medical_claim" in made_of["staging.medical_claim"]
    assert "landed.medical_claim" in made_of["kept.medical_claim"]


def test_the_dictionary_page_holds_no_member_data(sample: Report) -> None:
    with open_published(sample.published) as connection:
        names = connection.execute("select member_id from episode_review").fetchall()

    page = sample.text("dictionary.html")
    assert [name for (name,) in names if name in page] == []
