"""Files are for owner and group alone whatever the umask, and a stricter umask stays."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.run_lock import private_files, run_lock
from tests.soak.nights import UNASKED, deliver, run_night

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHERS = 0o007
GROUP_WRITES = 0o020


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield int(request.param)
    os.umask(before)


def too_open(folder: Path) -> list[str]:
    """What others may touch, or the group write to."""
    return [
        f"{stat.S_IMODE(path.lstat().st_mode):o} {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if not path.is_symlink() and path.lstat().st_mode & (OTHERS | GROUP_WRITES)
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    "umask",
    [pytest.param(0o000, id="umask 000"), pytest.param(0o077, id="umask 077", marks=pytest.mark.soak)],
    indirect=True,
)
def test_a_night_leaves_nothing_open_to_others_and_what_is_published_to_the_group(umask: int, tmp_path: Path) -> None:
    first, _ = deliver(tmp_path / "delivered")
    seen_at_work: list[str] = []

    def look() -> None:
        seen_at_work.extend(too_open(tmp_path / "out"))

    run_night(first, tmp_path / "out", day=1, remembered=UNASKED, at_each_stage=look)

    assert seen_at_work == []
    assert too_open(tmp_path / "out") == []
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) & OTHERS == 0
    assert os.umask(umask) == umask
    published = tmp_path / "out" / "published"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in published.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in [published, *published.rglob("*")] if path.is_dir()}
    assert modes == {0o640}
    assert folders == {0o750}


def test_private_files_give_the_umask_back_also_after_a_fault(umask: int, tmp_path: Path) -> None:
    def fail() -> None:
        with private_files():
            (tmp_path / "file").touch()
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) & (OTHERS | GROUP_WRITES) == 0
    assert os.umask(umask) == umask


def test_files_made_while_the_folder_is_held_are_private(umask: int, tmp_path: Path) -> None:
    with run_lock(tmp_path / "out", since=datetime(2026, 7, 1, tzinfo=UTC)):
        (tmp_path / "out" / "file").touch()

    assert too_open(tmp_path / "out") == []
    assert os.umask(umask) == umask
