"""The lock: one run holds an output folder, and the next is told who."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.ground.errors import ExitCode, RunLockedError, UsageError
from pipelines.ground.run_lock import run_lock

if TYPE_CHECKING:
    from pathlib import Path

SINCE = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def test_a_second_run_is_told_who_holds_the_folder_and_since_when(tmp_path: Path) -> None:
    with (
        run_lock(tmp_path, since=SINCE),
        pytest.raises(RunLockedError, match=rf"process {os.getpid()}, since 2026-07-01 02:00:00 UTC") as told,
        run_lock(tmp_path, since=SINCE),
    ):
        pass

    assert told.value.exit_code == ExitCode.LOCKED


def test_a_folder_is_free_again_when_the_run_ends_also_badly(tmp_path: Path) -> None:
    with pytest.raises(KeyError), run_lock(tmp_path / "out", since=SINCE):
        raise KeyError

    with run_lock(tmp_path / "out", since=SINCE):
        pass


def test_the_lock_and_a_new_folder_are_for_owner_and_group(tmp_path: Path) -> None:
    with run_lock(tmp_path / "out", since=SINCE):
        assert stat.S_IMODE((tmp_path / "out" / ".lock").stat().st_mode) == 0o640
        assert stat.S_IMODE((tmp_path / "out").stat().st_mode) & 0o007 == 0


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(UsageError, match="cannot be used"), run_lock(tmp_path / "file", since=SINCE):
        pass
