"""The runbook is true: its messages are ours, its exit codes are all, its events are those that are logged."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from pipelines.ground.errors import ExitCode
from pipelines.operation.settings import Settings
from tests.support.places import ROOT

RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PLACEHOLDER = "\0"
# Told by the system or named by DuckDB, not written by us.
OF_OTHERS = {"No space left on device", "OutOfMemoryException"}


def section(title: str) -> str:
    return RUNBOOK.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


@pytest.fixture(scope="module")
def said_by_us() -> str:
    """Every text of the program, a line each, with what is filled in left open."""
    texts = []
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values)
                texts.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return "\n".join(texts)


def quoted_messages() -> list[str]:
    """The pieces of our messages in the first column of the table of cures."""
    rows = re.findall(r"(?m)^\| ([^|]*) \|", section("A red night"))
    quoted = [quote for row in rows for quote in re.findall(r"`([^`]*)`", row)]
    return [piece for quote in quoted for piece in (part.strip(" .:,") for part in quote.split("...")) if piece]


@pytest.mark.parametrize("piece", [piece for piece in quoted_messages() if piece not in OF_OTHERS])
def test_a_message_in_the_runbook_is_one_of_ours(said_by_us: str, piece: str) -> None:
    assert piece in said_by_us


def test_every_exit_code_has_a_row() -> None:
    rows = re.findall(r"(?m)^\| (\d+(?:, \d+)*) \|", section("Exit codes"))
    codes = {int(code) for row in rows for code in row.split(", ")}

    assert codes == {int(code) for code in ExitCode}


def test_every_event_of_the_log_is_explained_and_no_other() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipelines").rglob("*.py"))
    logged = set(re.findall(r'\.event\(\s*"(\w+)"', source))
    explained = section("Logs").split("Events:", 1)[1].split("They hold", 1)[0]

    assert set(re.findall(r"`(\w+)`", explained)) == logged


def test_settings_that_the_runbook_names_exist() -> None:
    named = set(re.findall(r"`(max_\w+|memory_limit)", RUNBOOK))

    assert named <= {setting.name for setting in fields(Settings)}


def test_a_section_that_is_pointed_to_is_there() -> None:
    titles = set(re.findall(r"(?m)^#+ (.*)$", RUNBOOK))
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "pipelines").rglob("*.py")]
    flat = [re.sub(r'"\s*f?"', "", re.sub(r"\n\s*", "", text)) for text in texts]
    pointed = {
        title for text in flat for title in re.findall(r"see '([^']+)' in docs/operations\.md", text, re.IGNORECASE)
    }
    pointed |= {title for title in re.findall(r"\*([A-Z][^*]+)\*[,;.| ]", RUNBOOK) if title != "Automations"}

    assert pointed
    assert {title for title in pointed if not any(found.startswith(title) for found in titles)} == set()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_units_of_systemd_are_sound(tmp_path: Path) -> None:
    service, timer, *_ = re.findall(r"(?ms)^```\n(.*?)^```", section("systemd"))
    program = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={Path(sys.executable).with_name('stimaudit')}", service)
    assert program != service
    (tmp_path / "stimaudit.service").write_text(program, encoding="utf-8")
    (tmp_path / "stimaudit.timer").write_text(timer, encoding="utf-8")
    units = [tmp_path / name for name in ("stimaudit.service", "stimaudit.timer")]
    found = subprocess.run(
        [str(shutil.which("systemd-analyze")), "verify", *units], capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stderr) == (0, "")


def test_the_lines_of_cron_mail_a_bad_night_and_are_silent_on_a_good_one(tmp_path: Path) -> None:
    lines = re.findall(r"(?m)^[0-9]+ [0-9]+ \* \* \* +(.*)$", section("cron"))
    assert len(lines) == 2
    (tmp_path / "checkout").mkdir()
    program = tmp_path / "bin" / "stimaudit"
    program.parent.mkdir()
    for code, mails in ((0, ""), (3, "a word")):
        program.write_text(
            f"#!/bin/sh\necho a word; [ $1 = status ] || echo a word >&2; exit {code}\n", encoding="utf-8"
        )
        program.chmod(0o700)
        for line in lines:
            done = subprocess.run(
                ["/bin/sh", "-c", line.replace("/srv/stimaudit", str(tmp_path))],
                env={"PATH": f"{program.parent}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.stdout.strip() == mails
            assert done.stderr == ""
