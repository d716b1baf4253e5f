"""Files of ours: whole or not there, for owner and group, and made in one module alone."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.ground import files
from pipelines.ground.files import (
    UnfitFileError,
    json_text,
    make_folder,
    offer_folder,
    partial_path,
    read_file,
    swap_in,
    write_file,
)
from tests.support.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


RIGHTS = re.compile(r"0o[0-7]{3}|os\.fsync|os\.fchmod|O_CREAT|FOLDER_MODE|\.part(?:ial)?['\"]")
READS = re.compile(r"\.read_bytes\(|\.read_text\(|\.open\(|\bopen\(|os\.open\(")
READ_ELSEWHERE = {
    # Files that come with the program, which nobody hands it.
    *("ground/closed_words.py", "ground/program_files.py", "ground/queries.py", "gates/measures.py"),
    *("gates/suites.py", "intake/extracts.py", "intake/value_rules.py", "publishing/dictionary.py"),
    *("publishing/lineage.py", "publishing/views_and_macros.py", "reports/letter_pdf.py", "review/case_review.py"),
    *("review/decision_words.py", "rule/models.py", "gates/profile.py", "publishing/conservation.py"),
    # Delivered files, which landing looks at and reads in pieces, and what it has written itself.
    *("intake/layouts/source.py", "ground/warehouse.py"),
    # The lock, the system's own files, and a part of a workbook that was read already.
    *("ground/files.py", "ground/run_lock.py", "operation/doctor.py", "operation/run_record.py"),
    *("publishing/sql_child.py", "publishing/sql_door.py", "review/decision_import.py"),
}
"""Where files are opened by other ways than ``read_file`` and ``open_regular``, and why that is no danger."""
# The lock is opened before it is known whose it is; rows of a workbook are for its writer alone.
ALLOWED = {
    "pipelines/ground/run_lock.py": {"O_CREAT", "os.fchmod"},
    "pipelines/reports/workbook.py": {"0o700"},
    "pipelines/publishing/sql_door.py": {"os.fsync"},
}


def test_every_file_that_is_handed_over_is_read_by_the_one_piece_that_has_a_limit() -> None:
    program = ROOT / "pipelines"
    found = {
        path.relative_to(program).as_posix()
        for path in program.rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8"))
    }

    assert found == READ_ELSEWHERE


def test_a_file_is_read_up_to_its_limit_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)

    assert read_file(path, most=100) == b"x" * 100
    with pytest.raises(UnfitFileError, match="larger than the 99 bytes"):
        read_file(path, most=99)


def test_a_file_that_says_nothing_of_its_size_is_read_up_to_the_limit() -> None:
    assert b"Name:" in read_file(Path("/proc/self/status"))
    with pytest.raises(UnfitFileError, match="larger than the 10 bytes"):
        read_file(Path("/proc/self/status"), most=10)


def test_a_pipe_a_device_and_a_folder_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UnfitFileError, match="a pipe or a device"):
            read_file(path)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)


def test_a_link_or_a_pipe_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept", encoding="utf-8")
    (tmp_path / "link.part").symlink_to(tmp_path / "other")
    os.mkfifo(tmp_path / "pipe.part")

    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=r"symbolic|No such device"):
            write_file(tmp_path / name, b"new")
    assert (tmp_path / "other").read_text(encoding="utf-8") == "kept"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_a_file_is_for_owner_and_group_whatever_the_umask(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    write_file(tmp_path / "a" / "b" / "file", b"whole")

    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"whole"
    assert mode(tmp_path / "a" / "b" / "file") == files.FILE_MODE
    assert mode(tmp_path / "a" / "b") == files.FOLDER_MODE


def test_a_folder_that_a_person_named_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    offer_folder(tmp_path)
    assert mode(tmp_path) == 0o700

    make_folder(tmp_path)
    assert mode(tmp_path) == files.FOLDER_MODE


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_file(tmp_path / "file", b"old")
    partial_path(tmp_path / "file").mkdir()

    with pytest.raises(IsADirectoryError):
        write_file(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("put", ["write", "swap"])
def test_a_file_is_on_disk_before_it_is_seen_and_its_name_after(
    put: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        files, "to_disk", lambda path: seen.append((path.name, (tmp_path / "folder" / "file").exists()))
    )
    (tmp_path / "folder").mkdir()
    if put == "write":
        write_file(tmp_path / "folder" / "file", b"whole")
    else:
        (tmp_path / "folder" / "file.part").write_bytes(b"whole")
        swap_in(tmp_path / "folder" / "file.part", tmp_path / "folder" / "file")

    assert seen == [("file.part", False), ("folder", True)]
    assert list((tmp_path / "folder").iterdir()) == [tmp_path / "folder" / "file"]


def test_json_is_written_in_one_form() -> None:
    assert json_text({"b": "ü", "a": [1]}) == '{\n "b": "\\u00fc",\n "a": [\n  1\n ]\n}\n'


def test_rights_and_names_of_unfinished_files_stand_in_one_module() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): set(RIGHTS.findall(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "pipelines").rglob("*.py"))
        if path != ROOT / "pipelines" / "ground" / "files.py"
    }
    strays = {name: words - ALLOWED.get(name, set()) for name, words in found.items()}

    assert {name: words for name, words in strays.items() if words} == {}
