"""The decisions can be found: every page is in the index, and every decision that is named is there."""

from __future__ import annotations

import re

from tests.support.places import ROOT, tracked

DECISIONS = ROOT / "docs" / "decisions"
INDEX = (DECISIONS / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
NUMBERS = [path.name[:4] for path in PAGES]
LINE = re.compile(
    r"^\| (?P<number>\d{4}) \| \[(?P<title>.+)\]\((?P<file>[^)]+)\) \| (?P<decided>[^|]+) \|$", re.MULTILINE
)
NAMED = re.compile(
    r"(?:\bdecisions? |docs/decisions/)(?P<numbers>\d{4}\b(?:`*(?:, | and | to )`*\d{4}\b)*)", re.IGNORECASE
)
NAMED_AMONG_DECISIONS = re.compile(r"\((?P<numbers>\d{4}(?:, \d{4})*)\)")


def named(pattern: re.Pattern[str], text: str) -> list[str]:
    """The numbers of decisions that ``text`` names."""
    return [number for found in pattern.finditer(text) for number in re.findall(r"\d{4}", found["numbers"])]


def test_every_decision_has_a_line_under_its_own_title() -> None:
    listed = {line["file"]: f"# {line['number']} {line['title']}" for line in LINE.finditer(INDEX)}

    assert listed == {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in PAGES}
    assert len(LINE.findall(INDEX)) == len(PAGES)


def test_a_number_is_one_decision() -> None:
    assert sorted(set(NUMBERS)) == NUMBERS
    assert [line["number"] for line in LINE.finditer(INDEX) if not line["file"].startswith(line["number"])] == []


def test_every_decision_named_anywhere_is_there() -> None:
    files = [path for path in tracked() if path.suffix in {".py", ".sql", ".md", ".toml"}]
    places = [(path.relative_to(ROOT).as_posix(), named(NAMED, path.read_text(encoding="utf-8"))) for path in files]
    places += [(path.name, named(NAMED_AMONG_DECISIONS, path.read_text(encoding="utf-8"))) for path in PAGES]

    assert sum(len(numbers) for _, numbers in places) > 10
    assert [(place, number) for place, numbers in places for number in numbers if number not in NUMBERS] == []


def test_the_test_of_names_finds_them() -> None:
    assert named(NAMED, "(decisions 0061, 0063), ``docs/decisions/0020`` to 0023; Decision 0094 has it") == [
        "0061",
        "0063",
        "0020",
        "0023",
        "0094",
    ]
