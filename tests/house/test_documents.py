"""The documents name what is there: files, folders, targets, modules and commands."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from pipelines.commands.cli import app
from tests.support.places import ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.house.conftest import ReadmeByDoing

DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]
SUFFIXES = sorted({path.suffix for path in tracked()} - {""})
CODE = re.compile(r"`([^`\n]+)`|^(?: {4}|\$ )(.+)$", re.MULTILINE)
IN_BACKTICKS = re.compile(r"`([^`\s]+)`")
OPEN = re.compile(r"<[^<>]*>|\*+|\.\.\.")
"""What stands in a path for any name."""

OUT = re.compile(r"^(?:OUT|<out>)/")

ELSEWHERE = {
    "*.txt": "the examples of a payer",
    "/srv/stimaudit/out": "the output folder of a machine in the runbook",
    "<table>.csv": "a delivered file",
    "<table>_anything.csv": "a delivered file",
    ".venv/bin/": "the environment, which make creates",
    ".venv-uv/": "uv, where make had to bring it",
    "/dev/null": "the system's",
    "/etc/systemd/system/stimaudit.service": "the system's",
    "letters": "letters, written when asked for",
    "publishes/next.part": "a publish while it is built",
    "pipelines/_files": "a folder inside the wheel",
    "N/A": "a word for null in extracts",
    "prefect/server/models/deployments.py": "a module of Prefect",
    "letters/": "letters, written when asked for",
    "decisions/*.jsonl": "what reviewers decided, once they did",
    "decisions/samples": "samples, once one was drawn",
    "decisions/samples/*.json": "samples, once one was drawn",
    "log/sql.jsonl": "queries, once one was asked",
    "log/stimaudit.jsonl.*": "a log that was turned over",
    "landed/deliveries/<number>.refused": "a refused delivery",
    "landed/partial/": "files while they land",
    "work/run.duckdb": "the working file, while a run is at work",
    "work/catalog.duckdb": "the catalog, while a run is at work",
    "work/prefect/": "what a temporary Prefect server keeps",
}
"""What is neither in the repository nor left by the commands of README, and what it is."""


def is_path(text: str) -> bool:
    """Whether text in backticks is meant as a path: it is made like one, or ends as our files do."""
    plain = OPEN.sub("x", text)
    made_of_names = re.fullmatch(r"[\w./-]+", plain) is not None
    is_ending = plain.startswith(".") and "/" not in plain
    return made_of_names and not is_ending and ("/" in plain or PurePosixPath(plain).suffix in SUFFIXES)


def paths_in(document: Path) -> list[str]:
    """The paths that a document gives in backticks, without the name of the output folder before them."""
    found = [text for text in IN_BACKTICKS.findall(document.read_text(encoding="utf-8")) if is_path(text)]
    return sorted({OUT.sub("", text) for text in found})


def with_folders(paths: list[PurePosixPath]) -> str:
    """A line a path or folder that holds one, each after a slash."""
    return "\n".join(f"/{place}" for place in sorted({place for path in paths for place in (path, *path.parents)}))


@cache
def in_repository() -> str:
    return with_folders([PurePosixPath(path.relative_to(ROOT)) for path in tracked()])


def is_there(path: str, places: str) -> bool:
    """Whether a place ends as ``path`` does; a part of a name in angles, or a star, is any."""
    parts = (re.escape(part) for part in OPEN.split(path.rstrip("/")))
    return re.search(rf"/{'.*'.join(parts).lstrip('/')}$", places, re.MULTILINE) is not None


@pytest.fixture(scope="session")
def left_by_readme(readme_by_doing: ReadmeByDoing) -> str:
    """Every file that the commands of README leave, also by the links that lead to it."""
    folder = readme_by_doing.folder
    found = list(folder.rglob("*"))
    for link in [path for path in found if path.is_symlink() and path.is_dir()]:
        found += [link / path.relative_to(link.resolve()) for path in link.resolve().rglob("*")]
    return with_folders([PurePosixPath(path.relative_to(folder)) for path in found])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_a_document_is_there(document: Path, left_by_readme: str) -> None:
    places = in_repository() + "\n" + left_by_readme

    assert [path for path in paths_in(document) if path not in ELSEWHERE and not is_there(path, places)] == []


def test_what_is_explained_as_elsewhere_is_named_and_is_not_in_the_repository() -> None:
    named = {path for document in DOCUMENTS for path in paths_in(document)}

    assert set(ELSEWHERE) - named == set()
    assert [path for path in ELSEWHERE if not OPEN.search(path) and is_there("/" + path, in_repository())] == []


def test_the_test_of_paths_finds_one_that_is_gone() -> None:
    assert [is_path(text) for text in ("sql/", "a.py", "sql/<schema>/*.sql", "ledger.97140=no", "audit.run")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_there("sql/<schema>/event.sql", in_repository())
    assert is_there("rule/narrow.py", in_repository())
    assert not is_there("pipelines/narrow.py", in_repository())
    assert not is_there("arrow.py", in_repository())


def words_after(pattern: str) -> set[str]:
    """What follows ``pattern`` where documents show code."""
    shown = [one or other for path in DOCUMENTS for one, other in CODE.findall(path.read_text(encoding="utf-8"))]
    return {name for code in shown for name in re.findall(pattern, code)}


def test_every_module_that_a_document_runs_is_there() -> None:
    modules = words_after(r"python -m ([a-z_.]+)")

    assert "tests.mutants" in modules
    assert [name for name in sorted(modules) if find_spec(name) is None] == []


def test_every_command_that_a_document_shows_is_ours() -> None:
    commands = {command.name or called(command.callback) for command in app.registered_commands}
    groups = {group.name for group in app.registered_groups}

    shown = words_after(r"(?:^|[ /])stimaudit ([a-z][a-z-]*)")
    assert {"run", "diff", "policy"} <= shown
    assert shown - commands - groups == set()


def called(function: Callable[..., object] | None) -> str:
    return "" if function is None else function.__name__
