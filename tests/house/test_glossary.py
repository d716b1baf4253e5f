"""One word, one meaning: the glossary's words are used, and a word that names one thing names no other."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MODULES = sorted((ROOT / "pipelines").rglob("*.py"))
TEXTS = sorted(
    path
    for folder in ("pipelines", "sql", "docs", "expectations")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".sql", ".md", ".csv", ".j2", ".json", ".toml"}
)

# A typing parameter is a letter of the module that needs it, not a word.
LETTERS = {"ParamSpec", "TypeVar"}

# Words with one meaning and the modules that speak of it.
ONE_MEANING: Mapping[str, tuple[str, ...]] = {
    # JSON that is closed with a digest of itself; the mark of encrypted files keeps the bytes of its first version.
    r"\b(?:un)?sealed\b": (
        "pipelines/ground/sealed_json.py",
        "pipelines/gates/profile.py",
        "pipelines/ground/encryption.py",
        "pipelines/ground/registers.py",
        "pipelines/operation/anchor.py",
        "pipelines/operation/verify.py",
        "pipelines/publishing/",
        "pipelines/rule/kept_layers.py",
    ),
    # A fault without the text of its cause.
    r"\btold_safely\b": ("pipelines/operation/", "pipelines/flows/"),
    # What a payer chooses, read from one TOML file.
    r"\bclass Settings\b": ("pipelines/operation/settings.py",),
    # A flagged episode, which asks for records.
    r"\bclass \w*Finding\b": (),
}


def glossary() -> dict[str, str]:
    """The words with their meanings, as the table has them."""
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {word: meaning for word, meaning in rows if word != "word"}


def named(body: list[ast.stmt]) -> Iterator[str]:
    """The classes and types that a module gives a public name, also those for the type checker alone."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from named(statement.body)
        elif isinstance(statement, ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Assign) and not (
            isinstance(statement.value, ast.Call) and getattr(statement.value.func, "id", "") in LETTERS
        ):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def is_type(name: str) -> bool:
    return re.fullmatch(r"[A-Z][a-z]\w*", name) is not None


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_words_stand_in_order_each_once_and_explained() -> None:
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    words = [line.split("|")[1].strip() for line in lines if line.startswith("| ")][1:]

    assert words == sorted(set(words))
    assert all(glossary()[word] for word in words)


@pytest.mark.parametrize("word", glossary())
def test_a_word_of_the_glossary_is_used(word: str) -> None:
    parts = re.split(r"[ -]", word)
    spelled = re.compile(rf"\b{'[ _-]'.join(map(re.escape, parts))}s?\b", re.IGNORECASE)

    assert any(spelled.search(path.read_text(encoding="utf-8")) for path in TEXTS)


def test_no_two_modules_give_a_class_or_type_the_same_name() -> None:
    places = defaultdict(set)
    for path in MODULES:
        for name in named(ast.parse(path.read_text(encoding="utf-8")).body):
            if is_type(name):
                places[name].add(place(path))

    assert len(places) > 100
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("word", ONE_MEANING)
def test_a_word_with_one_meaning_stands_where_that_is_meant(word: str) -> None:
    used = [place(path) for path in MODULES if re.search(word, path.read_text(encoding="utf-8"), re.IGNORECASE)]

    assert [name for name in used if not name.startswith(ONE_MEANING[word])] == []
    assert all(any(name.startswith(home) for name in used) for home in ONE_MEANING[word])


@pytest.mark.parametrize("name", ["Settings", "Status", "Column", "State", "Verdict"])
def test_a_plain_name_is_given_once_at_most_in_program_and_tests(name: str) -> None:
    given = re.compile(rf"^(?:class {name}\b|{name}\b(?:: [\w\[\], ]+)? = )", re.MULTILINE)
    paths = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]

    assert len([place(path) for path in paths if given.search(path.read_text(encoding="utf-8"))]) <= 1
