"""The draft of a records request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import UsageError
from pipelines.ground.published_file import open_published
from pipelines.reports.letter import write_letter
from pipelines.reports.payer_words import EXAMPLE_TEMPLATE, read_letter_template

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reports.conftest import Report

pypdf = pytest.importorskip("pypdf")


def letter(made: Report, case: str, folder: Path, template: Path = EXAMPLE_TEMPLATE) -> Path:
    with open_published(made.published) as connection:
        return write_letter(connection, case, folder, template=read_letter_template(template))


def case_id(made: Report, member: str) -> str:
    return made.case_of(member).removeprefix("cases/").removesuffix(".html")


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def test_the_letter_is_a_tagged_draft_that_a_person_must_approve(sample: Report, tmp_path: Path) -> None:
    path = letter(sample, case_id(sample, "S-NONE-02"), tmp_path)
    root = pypdf.PdfReader(path).trailer["/Root"]
    text = text_of(path)

    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert root["/Lang"] == "en"
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


def test_each_provider_has_a_letter_of_their_own(hostile: Report, sample: Report, tmp_path: Path) -> None:
    one = letter(hostile, case_id(hostile, "member-1"), tmp_path / "one")
    two = letter(sample, case_id(sample, "S-NONE-02"), tmp_path / "two")

    assert text_of(one).count("Request for records") == 1
    assert text_of(two).count("Request for records") == 2


def test_the_same_case_and_template_give_the_same_bytes(hostile: Report, tmp_path: Path) -> None:
    case = case_id(hostile, "member-2")

    assert letter(hostile, case, tmp_path / "a").read_bytes() == letter(hostile, case, tmp_path / "b").read_bytes()


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

    with pytest.raises(UsageError, match="must be a table from line of business to text"):
        read_letter_template(template)


def test_a_template_with_missing_and_unknown_keys_is_refused_with_all_of_them(sample: Report, tmp_path: Path) -> None:
    template = tmp_path / "letter.toml"
    template.write_text('payer_name = "Plan"\nlogo = "x"\nways_to_send = "fax"\n', encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        letter(sample, case_id(sample, "S-NONE-02"), tmp_path, template)

    for fault in ("'logo' is not a key of it", "'ways_to_send' must be a list of lines", "'due' must be a text"):
        assert fault in str(refused.value)
