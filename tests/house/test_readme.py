"""README tells the truth: its commands run, and say what it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pipelines.commands.cli import app
from tests.house.readme import README, without_run_id
from tests.support.places import tracked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house.conftest import ReadmeByDoing

ROOT = README.parent


def test_every_command_shown_says_what_is_shown(readme_by_doing: ReadmeByDoing) -> None:
    assert without_run_id(readme_by_doing.said) == without_run_id(readme_by_doing.shown)
    page = readme_by_doing.folder / "demo_output" / "published" / "report" / "worklist.html"
    assert "Synthetic data: nobody here is real." in page.read_text(encoding="utf-8")


def test_every_make_target_named_in_documents_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = [README, ROOT / "CONTRIBUTING.md", ROOT / ".ci" / "run"]
    named = {
        name
        for path in documents
        for name in re.findall(r"(?:`|^ *)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert {"demo", "test", "check"} <= named
    assert named <= targets


def test_every_command_of_ours_is_in_readme() -> None:
    text = README.read_text(encoding="utf-8")
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]

    assert names
    assert [name for name in names if f"stimaudit {name}" not in text] == []


@pytest.mark.parametrize("path", [path for path in tracked() if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#\s]+)\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []
