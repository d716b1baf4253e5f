"""The drafts of a records request: which letters there are, what they say, whose words they carry."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.ground.errors import UsageError
from pipelines.ground.published_file import open_published
from pipelines.reports.letter import write_letters
from pipelines.reports.payer_words import EXAMPLE_TEMPLATE, read_letter_template
from tests.reports.conftest import FORMULA, LONG, SCRIPT

if TYPE_CHECKING:
    from tests.reports.conftest import Report

pypdf = pytest.importorskip("pypdf")


def letters(made: Report, case: str, folder: Path, template: Path = EXAMPLE_TEMPLATE) -> tuple[Path, ...]:
    with open_published(made.published) as connection:
        return write_letters(connection, case, folder, template=read_letter_template(template))


def letter(made: Report, case: str, folder: Path, template: Path = EXAMPLE_TEMPLATE) -> Path:
    return letters(made, case, folder, template)[0]


def case_id(made: Report, member: str) -> str:
    return made.case_of(member).removeprefix("cases/").removesuffix(".html")


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def test_the_letter_is_a_tagged_draft_that_a_person_must_approve(sample: Report, tmp_path: Path) -> None:
    path = letter(sample, case_id(sample, "S-NONE-02"), tmp_path)
    root = pypdf.PdfReader(path).trailer["/Root"]
    text = text_of(path)

    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert root["/Lang"] == "en-US"
    assert "DRAFT, human approval required" in text
    assert "No determination has been made" in text
    assert "[name of the plan]" in text
    assert "Physical therapy or exercise records" in text


def test_the_letter_names_its_own_claims_and_no_diagnosis(sample: Report, tmp_path: Path) -> None:
    text = text_of(letter(sample, case_id(sample, "S-FAIL-01"), tmp_path))

    assert "63650" in text
    assert "M54" not in text
    assert "97110" not in text
    assert "ibuprofen" not in text


def test_each_provider_has_a_letter_of_their_own_with_its_own_pages(
    hostile: Report, sample: Report, tmp_path: Path
) -> None:
    [alone] = letters(hostile, case_id(hostile, "member-1"), tmp_path / "one")
    case = case_id(sample, "S-NONE-02")
    first, second = letters(sample, case, tmp_path / "two")
    npis = [set(re.findall(r"NPI (\d{10})", text_of(path))) for path in (first, second)]

    assert text_of(alone).count("Request for records") == 1
    assert [len(each) for each in npis] == [1, 1]
    assert npis[0] != npis[1]
    for path in (first, second):
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
        assert re.fullmatch(rf"{re.escape(case)}-records-request-RR-[0-9A-F]{{10}}\.pdf", path.name)
        assert path.stem[-13:] in pages[0]
        assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    claims = [set(re.findall(r"\bS-NONE-02\S*", text_of(path))) - {"S-NONE-02"} for path in (first, second)]
    assert claims[0]
    assert claims[1]
    assert not claims[0] & claims[1]


def test_the_same_case_and_template_give_the_same_bytes(hostile: Report, sample: Report, tmp_path: Path) -> None:
    for made, member in ((hostile, "member-2"), (sample, "S-NONE-02")):
        case = case_id(made, member)
        one, two = letters(made, case, tmp_path / "a"), letters(made, case, tmp_path / "b")

        assert [(path.name, path.read_bytes()) for path in one] == [(path.name, path.read_bytes()) for path in two]


@pytest.mark.parametrize(
    ("member", "shown"),
    [
        ("member-1", FORMULA),
        ("member-2", SCRIPT),
        ("member-3", LONG),
        ("member-4", "[U+202E]\u05e9\u05dc\u05d5\u05dd"),
    ],
)
def test_names_that_mean_harm_come_out_as_text(hostile: Report, tmp_path: Path, member: str, shown: str) -> None:
    text = text_of(letter(hostile, case_id(hostile, member), tmp_path)).replace("\u200b", "").replace(" ", "")

    assert shown.replace(" ", "") in text


def test_a_new_draft_takes_the_place_of_the_earlier_ones_of_its_case_alone(sample: Report, tmp_path: Path) -> None:
    case, template = case_id(sample, "S-NONE-02"), tmp_path / "letter.toml"
    old, other = tmp_path / f"{case}-records-request.pdf", tmp_path / f"{case}-records-request-signed.pdf"
    for path in (old, other):
        path.write_bytes(b"%PDF")
    before = letters(sample, case, tmp_path)
    words = EXAMPLE_TEMPLATE.read_text(encoding="utf-8").replace("example 1", "plan 1")
    template.write_text(words, encoding="utf-8")
    neighbour = letters(sample, case_id(sample, "S-NONE-01"), tmp_path)

    after = letters(sample, case, tmp_path, template)

    assert {path.name for path in before} & {path.name for path in after} == set()
    assert set(tmp_path.iterdir()) == {*after, *neighbour, other, template}
    assert {stat.S_IMODE(path.stat().st_mode) for path in after} == {0o640}


def test_the_command_names_every_letter_it_wrote(sample: Report, tmp_path: Path) -> None:
    case = case_id(sample, "S-NONE-02")

    told = CliRunner().invoke(app, ["letter", case, "--out", str(sample.published.parent), "--to", str(tmp_path)])

    assert told.exit_code == 0
    assert sorted(map(Path, told.stdout.split())) == sorted(tmp_path.iterdir())
    assert len(told.stdout.split()) == 2


def test_a_case_that_asks_for_no_records_has_no_letter(sample: Report, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no flagged or held case of that name"):
        letter(sample, case_id(sample, "S-DOC-01"), tmp_path)
    with pytest.raises(UsageError, match="no flagged or held case of that name"):
        letter(sample, "../etc/passwd", tmp_path)


def test_a_line_of_business_with_a_rights_text_of_its_own_gets_it(sample: Report, tmp_path: Path) -> None:
    template = tmp_path / "letter.toml"
    more = '\n[rights_by_line_of_business]\ncommercial = "Ask the commercial desk."\n'
    template.write_text(EXAMPLE_TEMPLATE.read_text(encoding="utf-8") + more, encoding="utf-8")
    payer = read_letter_template(template)

    assert "Ask the commercial desk." in text_of(letter(sample, case_id(sample, "S-NONE-01"), tmp_path, template))
    assert payer.rights_of("commercial") == "Ask the commercial desk."
    assert payer.rights_of("medicaid") == payer.rights_of(None) == payer.rights


def test_rights_by_line_of_business_that_are_no_table_of_texts_are_refused(tmp_path: Path) -> None:
    template = tmp_path / "letter.toml"
    more = "\n[rights_by_line_of_business]\ncommercial = 1\n"
    template.write_text(EXAMPLE_TEMPLATE.read_text(encoding="utf-8") + more, encoding="utf-8")

    with pytest.raises(UsageError, match=r"must be a table from line of business \(20 at most\) to a text"):
        read_letter_template(template)


def test_a_template_with_missing_and_unknown_keys_is_refused_with_all_of_them(sample: Report, tmp_path: Path) -> None:
    template = tmp_path / "letter.toml"
    template.write_text('payer_name = "Plan"\nlogo = "x"\nways_to_send = "fax"\n', encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        letter(sample, case_id(sample, "S-NONE-02"), tmp_path, template)

    for fault in ("'logo' is not a key of it", "'ways_to_send' must be a list of 1 to 20 lines", "'due' is missing"):
        assert fault in str(refused.value)
