"""The rule and the contract can be followed: from a section to its models and back, and along every link."""

from __future__ import annotations

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipelines.rule.models import TRANSFORMS
from pipelines.rule.policy import DEFAULT_POLICY, load_policies
from tests.house.sections import CARRIES_OUT, PAGES, cited, cited_by, headings, leaves, refreshed
from tests.support.places import ROOT, tracked

DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]
WRITTEN = [path for path in tracked() if path.suffix in {".py", ".sql", ".csv", ".md"}]
MODELS = sorted((ROOT / "sql" / "intermediate").rglob("*.sql")) + [
    ROOT / "pipelines" / "rule" / "transforms" / f"{transform.__name__}.py" for transform in TRANSFORMS
]
OTHER_FORMS = re.compile(
    r"\b(?:rule|contract)(?:\.md)?,? sections? \d|(?<!docs/)\b(?:rule|contract)\.md \d|\((?:rule|contract), \d"
    r"|\bsections? \d"
)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FIXED_WORDS = {"outcome", "outcome_reason", "exclusion", "note", "criterion", "diagnosis_class", "next_step"}
PARAMETER = re.compile(r"`(?P<name>[a-z_0-9]+)` \((?P<value>\d[\d,.]*\d|\d|true|false)(?:, inclusive)?\)")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def sections(page: str) -> list[str]:
    return headings(PAGES[page].read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> frozenset[str]:
    """What a link may name in a document: anchors put there, and headings as they are turned into anchors."""
    return anchors_of(path.read_text(encoding="utf-8"))


def anchors_of(text: str) -> frozenset[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w -]", "", re.sub(r"<[^>]*>", "", title)).lower().replace(" ", "-") for title in titles]
    return frozenset([*re.findall(r'<a id="([^"]+)">', text), *plain])


def links(text: str) -> list[str]:
    """The targets of the links of a document that lead nowhere outside; code holds none."""
    return [match["target"] for match in LINK.finditer(CODE.sub("", text)) if not re.match(r"[a-z]+:", match["target"])]


def leads_somewhere(document: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    return path.exists() and (not anchor or anchor in anchors(path))


@pytest.mark.parametrize("page", PAGES)
def test_sections_are_numbered_in_order_each_once(page: str) -> None:
    numbers = [tuple(map(int, number.split("."))) for number in sections(page)]

    assert numbers == sorted(set(numbers))
    assert {number[0] for number in numbers} == set(range(1, numbers[-1][0] + 1))


def test_every_section_that_is_cited_is_there() -> None:
    by_section = cited_by(WRITTEN)

    assert len(by_section) > 50
    assert {
        f"{page}.md {number}": [place(path) for path in paths]
        for (page, number), paths in by_section.items()
        if number not in sections(page)
    } == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_section_is_carried_out_by_a_model_or_module(page: str) -> None:
    by_section = cited_by(path for path in CARRIES_OUT if path.suffix in {".sql", ".py"})

    assert [number for number in leaves(sections(page)) if (page, number) not in by_section] == []


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_every_model_says_which_section_it_carries_out(path: Path) -> None:
    assert cited(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_the_models_that_cite_its_sections(page: str) -> None:
    text = PAGES[page].read_text(encoding="utf-8")

    assert refreshed(page, text) == text, "`python -m tests.house.sections` writes it anew"


def test_sections_are_cited_in_one_form() -> None:
    paths = [path for path in WRITTEN if path.suffix in {".py", ".sql"} or path.is_relative_to(ROOT / "sql")]

    assert {
        place(path): found
        for path in paths
        if path != Path(__file__) and (found := OTHER_FORMS.findall(path.read_text(encoding="utf-8")))
    } == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    targets = links(document.read_text(encoding="utf-8"))

    assert [target for target in targets if not leads_somewhere(document, target)] == []


def test_the_numbers_of_the_rule_are_those_of_the_default_dossier() -> None:
    policies = {policy.id: policy for policy in load_policies(ROOT / "sql" / "policies", as_of=date(2026, 6, 30))}
    of_dossier = {parameter.name: str(parameter.value).lower() for parameter in policies[DEFAULT_POLICY].parameters}
    of_page = {
        (match["name"], match["value"].replace(",", ""))
        for match in PARAMETER.finditer(PAGES["rule"].read_text(encoding="utf-8"))
    }

    assert len(of_page) > 30
    assert {
        (name, value) for name, value in of_page if float_or_word(of_dossier.get(name)) != float_or_word(value)
    } == set()


def float_or_word(value: str | None) -> object:
    try:
        return float(value or "")
    except ValueError:
        return value


def test_the_rule_names_every_fixed_word() -> None:
    with (ROOT / "sql" / "vocabulary" / "word.csv").open(encoding="utf-8", newline="") as lines:
        words = {line["word"] for line in csv.DictReader(lines) if line["kind"] in FIXED_WORDS}
    text = PAGES["rule"].read_text(encoding="utf-8")

    assert len(words) > 50
    assert sorted(word for word in words if f"`{word}`" not in text) == []


def test_these_tests_find_what_dangles() -> None:
    text = '## <a id="1"></a>1 One\n\n### <a id="1.1"></a>1.1 Two words\n\n## <a id="2"></a>2 Three\n'

    assert headings(text) == ["1", "1.1", "2"]
    assert leaves(headings(text)) == ["1.1", "2"]
    assert cited("See docs/rule.md 1.1, 2 and docs/contract.md 3.") == {
        ("rule", "1.1"),
        ("rule", "2"),
        ("contract", "3"),
    }
    assert anchors_of(text + "# A `b`, c\n") >= {"1.1", "2", "a-b-c"}
    assert links("[a](b.md#c) `[d](e)` ![f](g) [h](https://i)") == ["b.md#c"]
    assert not leads_somewhere(PAGES["rule"], "contract.md#0")
    assert not leads_somewhere(PAGES["rule"], "rules.md")
    assert leads_somewhere(PAGES["rule"], "../sql/columns.csv")
    assert [
        bool(OTHER_FORMS.search(said))
        for said in ("rule, section 3", "rule.md 2", "(contract, 2)", "sections 6 to 8", "docs/rule.md 2", "a section")
    ] == [True, True, True, True, False, False]
