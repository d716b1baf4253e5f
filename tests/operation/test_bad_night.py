"""The runbook's commands exist: every one on the page is tried in a bad night, or it is said why not.

The night itself takes minutes (`python -m tests.soak.bad_night`); what the page gives is held against the program here.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
import typer

from pipelines.commands.cli import app
from tests.soak import bad_night
from tests.soak.bad_night import PAGE, read_page
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = re.compile(
    r"`(stimaudit [^`\n]+)`|^(?:\$ |    |[0-9*/ ]+cd [^&]+&& )?((?:\.venv/bin/)?stimaudit [a-z].*)$", re.MULTILINE
)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def given(text: str) -> Iterator[str]:
    """The commands of ours that a page gives, up to a pipe or a redirection."""
    for inline, line in WORDS.findall(text):
        whole = (inline or line).split(" #", 1)[0]
        yield re.split(r"\s[|>&;]|\s2>|\s<\s| \|\| ", whole.replace("...", ""))[0].strip().removesuffix("\\").strip()


def fault(command: str) -> str | None:
    """What is not there of a command: its name, or an option."""
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        return "its quotes"
    found = typer.main.get_command(app)
    options = {option for each in found.params for option in each.opts} | {"--help", "-h"}
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]  # type: ignore[attr-defined]
        options = {option for each in found.params for option in each.opts} | {"--help", "-h"}
    if getattr(found, "commands", None) and words and not words[0].startswith("-") and not words[0].isupper():
        return f"the command {words[0]}"
    unknown = [word for word in words if word.startswith("--") and word.strip("[]") not in options]
    return f"the option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_of_ours_on_a_page_is_one_that_the_program_has(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert {command: wrong for command in given(text) if (wrong := fault(command))} == {}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("stimaudit nonesuch --out OUT", "the command nonesuch"),
        ("stimaudit run --no-such", "the option --no-such"),
        ("stimaudit decision record CASE --outcome X", None),
        ("stimaudit policy nonesuch", "the command nonesuch"),
    ],
)
def test_a_command_that_is_not_there_is_seen(command: str, wrong: str | None) -> None:
    assert fault(command) == wrong


def test_every_command_of_the_runbook_is_tried_in_the_bad_night_or_it_is_said_why_not() -> None:
    page = read_page(PAGE.read_text(encoding="utf-8"))
    tried = re.findall(r'"((?:stimaudit|tail|grep|df|ps|kill|install|chmod|export|rsync|\(umask)[^"\\]*)', SOURCE)
    tried += [*re.findall(r"'((?:stimaudit|grep)[^']*)'", SOURCE), "grep '"]
    commands = {command for commands in page.commands.values() for command in commands}

    assert len(commands) > 40
    assert [each for each in bad_night.untried(page, []) if not each.startswith(tuple(tried))] == []
    gone = {each for each in bad_night.NOT_TRIED if not any(command.startswith(each) for command in commands)}
    assert gone == set()


SOURCE = (ROOT / "tests" / "soak" / "bad_night.py").read_text(encoding="utf-8")
