"""What a person hands over is a file of a size that is said: no pipe, device or giant holds up a command.

Each of these once waited for ever or filled the memory. A call that has not ended after a minute fails.
"""

from __future__ import annotations

import os
import signal
from itertools import product
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode
from pipelines.ground.files import MEGABYTE
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.commands.conftest import Site
    from tests.support.installed import Installed

LONGEST_SECONDS = 60
NO_FILE = "It is a pipe or a device, and no file"
LETTER = (ROOT / "pipelines" / "reports" / "templates" / "letter.toml").read_text(encoding="utf-8")
HANDED: Mapping[str, tuple[str, ...]] = {
    "key": ("status", "--out", "{out}"),
    "settings": ("run", "--no-prefect", "--extracts", "{beside}", "--out", "{out}", "--config", "{file}"),
    "settings of a query": ("sql", "select 1", "--out", "{out}", "--config", "{file}"),
    "settings of the gates": ("validate", "--extracts", "{beside}", "--config", "{file}"),
    "words of letters": ("letter", "{bea}", "--out", "{out}", "--template", "{file}"),
    "workbook": ("decision", "import", "{file}", "--out", "{out}"),
    "anchor": ("verify", "--out", "{out}", "--anchor", "{file}"),
    "examples": ("test", "{folder}"),
    "policies": ("test", "sample_data/examples", "--policies", "{folder}"),
}
"""What each file that is named is handed to."""
NAMES = {"workbook": "reviewed.xlsx", "examples": "one.txt", "policies": "one.toml"}
MOST = {"key": 4096, "workbook": 64 * MEGABYTE}
CODES = {"anchor": ExitCode.INTEGRITY}


@pytest.fixture(autouse=True)
def _ends_in_time() -> Iterator[None]:
    """A call that waits for ever ends here, with a fault that says so."""

    def late(*_: object) -> None:
        message = f"a command did not end in {LONGEST_SECONDS} seconds"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def handed(stimaudit: Installed, site: Site, file: Path, what: str) -> tuple[int, str]:
    """How the command ended that was handed ``file``, and what it said."""
    words = [
        site.named(word.replace("{file}", str(file)).replace("{folder}", str(file.parent))) for word in HANDED[what]
    ]
    environment = {"STIMAUDIT_KEY_FILE": str(file)} if what == "key" else {}
    ended = stimaudit(*words, folder=ROOT, env=environment)
    assert not ended.has_trace
    return ended.code, ended.err + ended.out


@pytest.mark.parametrize(
    ("what", "kind"),
    [*((what, "pipe") for what in HANDED), *product(("key", "workbook"), ("device", "giant")), ("settings", "giant")],
)
def test_what_is_no_file_or_larger_than_one_may_be_is_refused_at_once(
    stimaudit: Installed, site: Site, tmp_path: Path, what: str, kind: str
) -> None:
    file = tmp_path / NAMES.get(what, "file.toml")
    if kind == "pipe":
        os.mkfifo(file, 0o600)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.touch(mode=0o600)
        os.truncate(file, MOST.get(what, MEGABYTE) + 1)

    code, told = handed(stimaudit, site, file, what)

    assert code == CODES.get(what, ExitCode.USAGE), told
    if what != "anchor" and (what, kind) != ("key", "device"):  # /dev/zero is open to others, which is told first
        assert ("It is larger than the" if kind == "giant" else NO_FILE) in " ".join(told.split())
    assert file.name in told or what == "anchor"


def test_an_anchor_that_is_no_file_does_not_hold_up_a_run(stimaudit: Installed, changing: Site, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "anchor")
    (tmp_path / "settings.toml").write_text(f'anchor = "{tmp_path / "anchor"}"\n', encoding="utf-8")
    (tmp_path / "extracts").mkdir()
    ended = stimaudit(
        *("run", "--no-prefect", "--extracts", tmp_path / "extracts", "--out", changing.out),
        *("--config", tmp_path / "settings.toml"),
    )

    assert ended.code == ExitCode.INTEGRITY
    assert "is not as it was written" in ended.err


@pytest.mark.parametrize(
    ("command", "name"),
    [("status", "status.json"), ("status", ".lock"), ("verify", "status.json"), ("report", "letter.toml")],
)
def test_a_pipe_below_the_output_folder_holds_up_no_command(
    stimaudit: Installed, changing: Site, command: str, name: str
) -> None:
    (changing.out / name).unlink(missing_ok=True)
    os.mkfifo(changing.out / name, 0o640)

    ended = stimaudit(command, "--out", changing.out)

    assert not ended.has_trace
    assert ended.code in set(ExitCode)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("threads = 1000000", "'threads' must be a whole number of threads, 1 to 1,024"),
        ("snapshot_days = 4000000", "0 to 36,500"),
        ('memory_limit = "900000TB"', "from 100MB to 16TB"),
        ("x = " + "[" * 100_000, "is not TOML"),
        ("threads = " + "9" * 10_000, "is not TOML"),
    ],
)
def test_settings_out_of_range_are_told_and_not_tried(
    stimaudit: Installed, site: Site, tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "settings.toml").write_text(line, encoding="utf-8")

    code, said = handed(stimaudit, site, tmp_path / "settings.toml", "settings")

    assert code == ExitCode.USAGE
    assert told in said


@pytest.mark.parametrize("size", [4_001])
def test_words_of_a_letter_that_fill_more_than_two_pages_are_refused(
    stimaudit: Installed, site: Site, tmp_path: Path, size: int
) -> None:
    words = LETTER.replace('payer_name = "', f'payer_name = "{"a" * size}', 1)
    (tmp_path / "letter.toml").write_text(words, encoding="utf-8")

    code, told = handed(stimaudit, site, tmp_path / "letter.toml", "words of letters")

    assert code == ExitCode.USAGE
    assert "'payer_name' must be a text of at most 4,000 characters" in told
