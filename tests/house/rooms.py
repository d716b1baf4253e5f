"""The rooms as the imports of the code have them, drawn into docs/architecture.md.

`python -m tests.house.rooms` draws anew; the test compares.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import grimp

from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

HOUSE = "pipelines"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- drawn by `python -m tests.house.rooms` from the imports of the code: do not edit -->\n"
END = "<!-- end of what is drawn -->\n"


@cache
def graph() -> grimp.ImportGraph:
    """Every import between modules of the house, and from a module to a library; also those for types alone."""
    return grimp.build_graph(HOUSE, include_external_packages=True, cache_dir=None)


def contracts() -> list[dict[str, Any]]:
    """The contracts of import-linter, as pyproject.toml has them."""
    with (ROOT / "pyproject.toml").open("rb") as content:
        return list(tomllib.load(content)["tool"]["importlinter"]["contracts"])


def rooms() -> list[str]:
    """The rooms from the highest to the lowest, as the contract orders them."""
    order = next(contract for contract in contracts() if contract["id"] == "rooms")["layers"]
    return [room.strip() for layer in order for room in layer.split("|")]


def arrows() -> dict[str, set[str]]:
    """For each room the rooms that it imports."""
    return {
        room: {
            other
            for other in rooms()
            if other != room
            and graph().direct_import_exists(importer=f"{HOUSE}.{room}", imported=f"{HOUSE}.{other}", as_packages=True)
        }
        for room in rooms()
    }


def libraries(room: str) -> set[str]:
    """The libraries that modules of ``room`` import, without those of Python itself."""
    inside = f"{HOUSE}.{room}"
    return {
        imported
        for module in (inside, *graph().find_descendants(inside))
        for imported in graph().find_modules_directly_imported_by(module)
        if graph().is_module_squashed(imported)
        and imported not in {*sys.stdlib_module_names, "_typeshed"}  # what type checkers alone know
    }


def steps_down(reached: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows that no way through other rooms already shows; each other arrow is a short cut along these."""

    def below(room: str) -> set[str]:
        return reached[room].union(*(below(other) for other in reached[room]))

    return [
        (room, other)
        for room in rooms()
        for other in rooms()
        if other in reached[room] and not any(other in below(between) for between in reached[room])
    ]


def what_it_is(room: str) -> str:
    """What a room's docstring says of it on its first line, after the room's own words for itself."""
    module = ast.parse((ROOT / HOUSE / room / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(module) or "").splitlines()[0].partition(": ")[2]


def drawing() -> str:
    """The rooms as a Mermaid chart, and below it a table with every arrow and every library."""
    reached = arrows()
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {room} --> {other}" for room, other in steps_down(reached)]
    lines += ["```", "", "| room | what it is | imports | libraries |", "|---|---|---|---|"]
    lines += [
        f"| `{room}` | {what_it_is(room)} | {listed(in_order(reached[room]))} | {listed(sorted(libraries(room)))} |"
        for room in rooms()
    ]
    return "\n".join(lines) + "\n"


def in_order(some: set[str]) -> list[str]:
    """``some`` rooms from the highest to the lowest."""
    return [room for room in rooms() if room in some]


def listed(words: Iterable[str]) -> str:
    """Words for a cell of a table."""
    return ", ".join(words) or "none"


def refreshed(text: str) -> str:
    """``text`` with the drawing as the code is now; raises ``ValueError`` when the place for it is not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"{ARCHITECTURE.name} has no place for the drawing"
        raise ValueError(message)
    return before + begin + "\n" + drawing() + "\n" + end + after


if __name__ == "__main__":
    ARCHITECTURE.write_text(refreshed(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
