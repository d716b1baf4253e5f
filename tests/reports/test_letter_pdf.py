"""The paper of a letter: accessible, the same bytes everywhere, and every value on it as text."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.ground.errors import StimauditError
from pipelines.ground.program_files import FONTS
from pipelines.reports import letter_pdf as paper
from pipelines.reports.letter_pdf import FACES, PAPER, RecordsRequest, RequestedService, letter_pdf
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pypdf = pytest.importorskip("pypdf")


REQUEST = RecordsRequest(
    letter_id="RR-0123456789",
    template_version="plan 3",
    case_id="NA-2026-0123456789AB",
    member_id="M-1",
    provider="1234567893",
    services=(RequestedService("C-1", "1", "2026-01-20", "63650 Implantation of electrodes"),),
    policy_title="Conservative care first",
    policy_version="2.0",
    open_questions=("Exercise: twelve exercise dates.",),
    documents=("Physical therapy records.", "Office notes."),
    payer_name="Plan of the Valley",
    payer_address=("1 Main Street", "Springfield, IL 62701"),
    contact="Ann Lee, 555 0100",
    ways_to_send=("Portal", "Fax 555 0101"),
    due="30 days from the date of this letter",
    no_reply="The review goes on with the claims alone.",
    rights="You may dispute what follows.",
    approver="Bo Ray, medical director",
    run_id="R20260630-abcdef12",
    as_of_date=date(2026, 6, 30),
    code_version="0.1.0",
    is_synthetic=False,
)
PLACES = tuple(
    name
    for name, value in vars(REQUEST).items()
    if isinstance(value, str) and name not in {"letter_id", "case_id", "code_version"}
)
MARKUP = '#panic("x") $x^2$ *b* _i_ `r` @ref <label> \\ // /* ~ -- = + "q" \'s\' {y} #{1}'


def read(pdf: bytes) -> Any:
    return pypdf.PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in read(pdf).pages)


def tags(pdf: bytes) -> list[Any]:
    """Every element of the structure tree, in the order it is read aloud."""

    def below(element: Any) -> list[Any]:
        found = element.get_object()
        if isinstance(found, list):
            return [each for part in found for each in below(part)]
        if not isinstance(found, dict):
            return []
        return [found, *(below(found["/K"]) if "/K" in found else [])]

    return below(read(pdf).trailer["/Root"]["/StructTreeRoot"]["/K"])


def changed(**fields: Any) -> RecordsRequest:
    return replace(REQUEST, **fields)


def with_lines(count: int) -> RecordsRequest:
    lines = tuple(
        RequestedService(f"CLM-{number:04}-Z", "1", "2026-01-20", "63650 Electrode") for number in range(count)
    )
    return replace(REQUEST, services=lines)


def test_the_letter_declares_pdf_ua_with_language_title_and_the_date_of_the_run() -> None:
    made = read(letter_pdf(REQUEST))
    root = made.trailer["/Root"]

    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"] == pypdf.generic.BooleanObject(True)  # noqa: FBT003 - as the library has it
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == pypdf.generic.BooleanObject(True)  # noqa: FBT003
    assert made.metadata.title == "Records request, draft, letter RR-0123456789, case NA-2026-0123456789AB"
    assert made.metadata.author == "stimaudit 0.1.0"
    assert made.metadata["/CreationDate"] == made.metadata["/ModDate"] == "D:20260630000000Z"


def test_headings_lists_and_the_heads_of_columns_are_said_as_such() -> None:
    found = tags(letter_pdf(REQUEST))
    kinds = [element["/S"] for element in found]
    heads = [element for element in found if element["/S"] == "/TH"]

    assert [kind for kind in kinds if kind in {"/H1", "/H2"}] == ["/H1", "/H2", "/H2", "/H2", "/H2"]
    assert (kinds.count("/Table"), kinds.count("/Caption"), kinds.count("/L")) == (1, 1, 3)
    assert [[part["/Scope"] for part in head["/A"] if "/Scope" in part] for head in heads] == [["/Column"]] * 4


def test_a_table_over_pages_is_one_table_whose_head_is_said_once() -> None:
    kinds = [element["/S"] for element in tags(letter_pdf(with_lines(90))) if "/S" in element]

    assert (kinds.count("/Table"), kinds.count("/TH"), kinds.count("/TR")) == (1, 4, 91)


def test_a_long_list_of_lines_goes_over_pages_with_its_head_on_each_and_no_line_lost() -> None:
    pages = [page.extract_text() for page in read(letter_pdf(with_lines(90))).pages]
    rows = [re.findall(r"CLM-\d{4}-Z", page) for page in pages]

    assert [row for page in rows for row in page] == [f"CLM-{number:04}-Z" for number in range(90)]
    assert len([page for page in rows if page]) >= 3
    assert [bool(page) for page in rows] == ["Date of service" in page for page in pages]


@pytest.mark.parametrize("lines", [1, 90])
def test_every_page_says_draft_which_letter_and_which_page_of_how_many(lines: int) -> None:
    pages = [page.extract_text() for page in read(letter_pdf(with_lines(lines))).pages]

    assert [re.findall(r"Page \d+ of \d+", page) for page in pages] == [
        [f"Page {number} of {len(pages)}"] for number in range(1, len(pages) + 1)
    ]
    assert all("DRAFT, human approval required" in page for page in pages)
    assert all("Letter RR-0123456789, template plan 3" in page for page in pages)


def test_no_page_holds_the_signature_alone() -> None:
    for lines in range(1, 40, 3):
        pages = [page.extract_text() for page in read(letter_pdf(with_lines(lines))).pages]
        assert "You may dispute" in next(page for page in pages if "Approved by" in page)


@pytest.mark.parametrize("place", PLACES)
def test_what_looks_like_markup_comes_out_as_text_wherever_it_stands(place: str) -> None:
    assert MARKUP in text_of(letter_pdf(changed(**{place: MARKUP})))


def test_what_looks_like_markup_comes_out_as_text_in_lists_and_cells() -> None:
    service = RequestedService(f"1 {MARKUP}", f"2 {MARKUP}", f"3 {MARKUP}", f"4 {MARKUP}")
    lists = {name: (f"{name} {MARKUP}",) for name in ("payer_address", "ways_to_send", "open_questions", "documents")}
    text = text_of(letter_pdf(changed(services=(service,), **lists)))

    assert [name for name in lists if f"{name} {MARKUP}" not in text] == []
    # Narrow cells break it over lines, which a reader cannot tell from a blank.
    assert "".join(text.split()).count("".join(MARKUP.split())) == len(lists) + 4


@pytest.mark.parametrize(
    "name",
    ["Müller & Söhne", "Łódź \u2013 São Paulo \u2014 Ðorđević", "Ἀθῆναι", "Дом", "• € … \u2019 “ ” ™", "½ e\u0301"],
)
def test_accents_dashes_and_bullets_are_in_the_fonts(name: str) -> None:
    assert name in text_of(letter_pdf(replace(REQUEST, payer_name=name)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("中 House", "[U+4E2D] House"),
        ("Smile \U0001f600", "Smile [U+1F600]"),
        ("abc\u202edef", "abc[U+202E]def"),
        ("a\x00b\u200bc\ufeffd", "a[U+0000]b[U+200B]c[U+FEFF]d"),
        ("non\u2011breaking\ttab", "non-breaking tab"),
    ],
)
def test_a_character_that_cannot_be_shown_stands_as_a_place_to_fill(name: str, shown: str) -> None:
    assert shown in text_of(letter_pdf(replace(REQUEST, provider=name, payer_name=name)))


def test_every_character_that_passes_can_be_set_in_both_faces() -> None:
    # PDF/UA-1 refuses a character without a glyph, so this fails where the fonts are read wrongly.
    signs = sorted(paper._signs() - {"\n"})  # noqa: SLF001 - the border that the letters rest on
    text = " ".join(signs)

    assert len(signs) > 2_000
    assert letter_pdf(replace(REQUEST, payer_name=text, rights=text))


def test_a_word_wider_than_its_cell_stays_in_it_and_is_read_whole() -> None:
    long = "N" * 300
    pdf = letter_pdf(replace(REQUEST, provider=long, services=(RequestedService(long, long, "", ""),)))
    pages = read(pdf).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "").replace("\u200b", "")
    right_margin = float(pages[0].mediabox.width) - 22 / 25.4 * 72
    [box] = [part["/BBox"] for tag in tags(pdf) if tag["/S"] == "/Table" for part in tag["/A"] if "/BBox" in part]

    assert text.count(long) == 3
    assert float(box[2]) <= right_margin + 1


def test_the_fonts_in_the_letter_are_ours_and_whole() -> None:
    fonts = [
        font.get_object()
        for page in read(letter_pdf(replace(REQUEST, payer_name="中 \U0001f600 *"))).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    names = {font["/BaseFont"].split("+")[1] for font in fonts}

    assert names == {"LiberationSans", "LiberationSans-Bold"}
    assert all("/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts)


def test_another_process_on_another_clock_with_other_fonts_at_hand_makes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.reports.test_letter_pdf import REQUEST; "
        "from pipelines.reports.letter_pdf import letter_pdf; sys.stdout.buffer.write(letter_pdf(REQUEST))"
    )
    elsewhere = {
        "PYTHONPATH": str(ROOT),
        "TZ": "Asia/Tokyo",
        "LC_ALL": "POSIX",
        "SOURCE_DATE_EPOCH": "1",
        "TYPST_FONT_PATHS": str(tmp_path),
    }
    (tmp_path / "other.ttf").write_bytes((FONTS / "LiberationSans-Bold.ttf").read_bytes())

    made = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=elsewhere, capture_output=True, check=True)

    assert made.stdout == letter_pdf(REQUEST) == letter_pdf(REQUEST)
    assert made.stdout.startswith(b"%PDF-1.7")


def test_another_run_date_is_another_letter() -> None:
    assert letter_pdf(replace(REQUEST, as_of_date=date(2026, 7, 1))) != letter_pdf(REQUEST)


def test_a_template_that_fails_says_where_and_no_value_of_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / PAPER.name
    broken.write_text("#let letter = json(bytes(sys.inputs.letter))\n#panic(letter.member_id)\n", encoding="utf-8")
    monkeypatch.setattr(paper, "PAPER", broken)

    with pytest.raises(StimauditError, match=r"The letter could not be set \(line 2 of letter\.typ\)") as failed:
        letter_pdf(replace(REQUEST, member_id="SECRET-MEMBER"))

    assert "SECRET" not in str(failed.value)
    assert failed.value.__cause__ is failed.value.__context__ is None


def test_a_font_that_is_not_there_is_told_and_no_letter_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(FONTS / FACES[0], tmp_path)
    monkeypatch.setattr(paper, "FONTS", tmp_path)

    with pytest.raises(
        StimauditError, match=r"\(without LiberationSans-Bold\.ttf\).*install stimaudit again"
    ) as failed:
        letter_pdf(replace(REQUEST, member_id="SECRET-MEMBER"))

    assert "SECRET" not in str(failed.value)


def test_the_template_loads_nothing() -> None:
    code = re.sub(r"//[^\n]*", "", PAPER.read_text(encoding="utf-8"))

    assert re.findall(r"#?\b(?:import|include|read|image|plugin|csv|toml|yaml)\b\s*[(\"@]|@preview", code) == []


def test_the_fonts_are_those_their_papers_name_small_and_with_their_licence() -> None:
    named = dict(re.findall(r"`(\S+\.ttf)` \| `([0-9a-f]{64})`", (FONTS / "README.md").read_text(encoding="utf-8")))
    there = {path.name: path.read_bytes() for path in FONTS.glob("*.ttf")}

    assert set(there) == set(FACES)
    assert named == {name: hashlib.sha256(face).hexdigest() for name, face in there.items()}
    assert sum(map(len, there.values())) < 1_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_typst_is_loaded_when_a_letter_is_made_and_not_before() -> None:
    code = "import sys, pipelines.commands.cli, pipelines.reports.letter; print('typst' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False"
