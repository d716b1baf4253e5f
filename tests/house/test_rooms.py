"""The house has rooms: their order and their doors are contracts in pyproject.toml, and this is what holds them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest

from tests.house.rooms import ARCHITECTURE, HOUSE, contracts, graph, libraries, refreshed, rooms
from tests.support.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
FORBIDDEN = sorted(library for contract in contracts() for library in contract.get("forbidden_modules", ()))
ROOMS = sorted(path.parent for path in (ROOT / HOUSE).rglob("__init__.py"))

# What nobody may write, as module and import; each is planted in a copy of the house, and all are to be found.
UP = ("pipelines.ground.planted", "pipelines.rule.narrow")
BESIDE = ("pipelines.intake.planted", "pipelines.gates.suites")
BACK = ("pipelines.ground.errors", "pipelines.ground.run_lock")
STRAYS = [("pipelines.operation.planted", library) for library in FORBIDDEN]


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the house in ``folder``, in lines that are not broken."""
    return subprocess.run(
        LINT, cwd=folder, env={**os.environ, "COLUMNS": "300"}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def said_of_a_house_with_faults(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / HOUSE, folder / HOUSE, ignore=shutil.ignore_patterns("__pycache__"))
    for importer, imported in (UP, BESIDE, BACK, *STRAYS):
        module = folder.joinpath(*importer.split(".")).with_suffix(".py")
        with module.open("a", encoding="utf-8") as lines:
            lines.write(f"import {imported}\n")
    attic = folder / HOUSE / "attic"
    attic.mkdir()
    (attic / "__init__.py").touch()
    ended = linted(folder)
    assert ended.returncode == 1, ended.stderr
    return ended.stdout


def test_the_contracts_are_kept() -> None:
    ended = linted(ROOT)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in ended.stdout


@pytest.mark.parametrize(("importer", "imported"), [UP, BESIDE, *STRAYS])
def test_the_contracts_find_an_import_that_may_not_be(
    said_of_a_house_with_faults: str, importer: str, imported: str
) -> None:
    assert f"{importer} -> {imported} (l." in said_of_a_house_with_faults


def test_the_contracts_find_a_circle_inside_a_room(said_of_a_house_with_faults: str) -> None:
    assert "No cycles are allowed in pipelines.ground.\n" in said_of_a_house_with_faults


def test_the_contracts_find_a_room_without_a_place(said_of_a_house_with_faults: str) -> None:
    assert "- pipelines.attic\n" in said_of_a_house_with_faults


def test_every_contract_can_be_broken(said_of_a_house_with_faults: str) -> None:
    assert f"Contracts: 0 kept, {len(contracts())} broken." in said_of_a_house_with_faults


def test_every_library_in_use_has_a_door_and_no_door_leads_nowhere() -> None:
    assert sorted(set().union(*map(libraries, rooms()))) == FORBIDDEN


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix())
def test_a_room_says_what_it_is_what_comes_in_and_what_goes_out_and_holds_no_code(room: Path) -> None:
    module = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    said = ast.get_docstring(module) or ""

    assert len(module.body) == 1
    assert ": " in said.splitlines()[0]
    assert re.search(r"^In: .+\. Out: .+\.$", said, re.MULTILINE | re.DOTALL)


def test_the_drawing_of_the_rooms_is_that_of_the_code() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")

    assert refreshed(text) == text, "`python -m tests.house.rooms` draws it anew"


def test_every_step_of_the_walk_is_a_call_that_the_code_can_make() -> None:
    steps = re.findall(
        r"^\|[^|]*\| `(\S+)\.py` \| `(\S+)\.py` `(\w+)\(\)` \|", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE
    )
    calls = [
        (f"{HOUSE}.{caller}".replace("/", "."), f"{HOUSE}.{called}".replace("/", "."), name)
        for caller, called, name in steps
    ]

    assert len(calls) > len(rooms())
    assert [call for call in calls if not graph().direct_import_exists(importer=call[0], imported=call[1])] == []
    assert [call for call in calls if not callable(resolve_name(f"{call[1]}:{call[2]}"))] == []


def test_every_table_of_the_walk_is_made() -> None:
    named = re.findall(r"`(?:staging|intermediate|audit)\.(\w+)`", ARCHITECTURE.read_text(encoding="utf-8"))
    made = {
        path.stem for folder in (ROOT / "sql", ROOT / HOUSE / "rule" / "transforms") for path in folder.rglob("*.*")
    }

    assert named
    assert [table for table in named if table not in made] == []
