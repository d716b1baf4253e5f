"""One way to make a folder, hash a file and put it in place."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


FILE_MODE = 0o640
FOLDER_MODE = 0o750


def make_folder(folder: Path) -> None:
    """Makes ``folder`` with its parents, open to owner and group only, whatever the umask."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def swap_in(made: Path, target: Path) -> None:
    """Moves a finished file over ``target``: on disk before it is seen, and never seen in part."""
    made.chmod(FILE_MODE)
    to_disk(made)
    made.replace(target)
    to_disk(target.parent)


def to_disk(path: Path) -> None:
    """Has what was written at ``path``, a file or a folder, on disk before anything further is done."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def commit_file(partial: Path, path: Path) -> None:
    """Puts a finished file in its place so that it survives a power cut: synced, renamed, folder synced."""
    for place in (partial, None, path.parent):
        if place is None:
            partial.replace(path)
            continue
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
