"""The pages of the rule and of the contract, their sections, and who carries them out.

A section is cited as `docs/rule.md 2.6`, several as `docs/rule.md 2.6, 2.7`. `python -m tests.house.sections` writes
below each heading of the two pages which models and modules cite it; the test compares.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support.places import ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PAGES = {name: ROOT / "docs" / f"{name}.md" for name in ("rule", "contract")}
HEADING = re.compile(r'^#{2,3} <a id="(?P<number>[\d.]+)"></a>(?P=number) .+$', re.MULTILINE)
CITED = re.compile(r"docs/(?P<page>rule|contract)\.md (?P<numbers>\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)")
DRAWN = re.compile(r"\n\n\*Carried out by\* [^\n]+")
CARRIES_OUT = [path for path in tracked() if path.relative_to(ROOT).parts[0] in {"sql", "pipelines"}]


def headings(text: str) -> list[str]:
    """The numbers of the sections of a page, in its order."""
    return [match["number"] for match in HEADING.finditer(text)]


def leaves(numbers: list[str]) -> list[str]:
    """The sections that have no sections of their own."""
    return [number for number in numbers if not any(other.startswith(f"{number}.") for other in numbers)]


def cited(text: str) -> set[tuple[str, str]]:
    """Page and number of every section that a text cites."""
    return {(match["page"], number) for match in CITED.finditer(text) for number in match["numbers"].split(", ")}


def cited_by(paths: Iterable[Path]) -> Mapping[tuple[str, str], list[Path]]:
    """The files that cite a section, by page and number; only text can."""
    found = defaultdict(list)
    for path in sorted(paths):
        if path.suffix in {".sql", ".py", ".md", ".csv", ".toml", ".j2", ".json"}:
            for section in cited(path.read_text(encoding="utf-8")):
                found[section].append(path)
    return found


def refreshed(page: str, text: str) -> str:
    """The text of a page with a line below each heading: the models and modules that carry the section out."""
    by_section = cited_by(path for path in CARRIES_OUT if path.suffix in {".sql", ".py"})

    def with_line(heading: re.Match[str]) -> str:
        names = [
            f"[{path.stem}](../{path.relative_to(ROOT).as_posix()})" for path in by_section[page, heading["number"]]
        ]
        return heading[0] + (f"\n\n*Carried out by* {', '.join(names)}" if names else "")

    return HEADING.sub(with_line, DRAWN.sub("", text))


if __name__ == "__main__":
    for name, place in PAGES.items():
        place.write_text(refreshed(name, place.read_text(encoding="utf-8")), encoding="utf-8")
