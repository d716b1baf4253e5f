"""Folders and files of ours: who may read them, what they are called until they are whole, how they come into place."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedReader
    from pathlib import Path


ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/")
"""How a path begins that is an address; a path has lost one of the two slashes, and `c:/` is none."""
FILE_MODE = 0o640
FOLDER_MODE = 0o750
OTHERS_MASK = 0o027
"""What no file of ours is open to: writing by the group, anything by others."""
PARTIAL = ".part"
"""How the name of a file ends until it is whole; a killed run leaves some, which the next one writes over."""

MOST_OF_OURS = 2**30
"""The bytes that a file of ours may have that is read whole, as the entries of the history are."""
MEGABYTE = 2**20


class UnfitFileError(OSError):
    """A file that is not read: it is no regular file (a pipe, a device, a folder), or larger than one may be."""


def make_folder(folder: Path) -> None:
    """Makes ``folder`` with its parents, open to owner and group only, whatever the umask."""
    offer_folder(folder)
    folder.chmod(FOLDER_MODE)


def offer_folder(folder: Path) -> None:
    """Makes a folder that a person named, with its parents; one that is there keeps its rights, a umask its say."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def refuse_address(path: Path) -> None:
    """Raises ``UsageError`` where a path that was given is an address of another machine (`s3://`, `https://`)."""
    address = ADDRESS.match(str(path))
    if address:
        message = (
            f"The path {address['scheme']}://... is an address, and stimaudit reads and writes folders of this "
            "machine alone. Copy what lies there into a folder, or mount it, and name the folder."
        )
        raise UsageError(message)


def partial_path(path: Path) -> Path:
    """Where the file that is to stand at ``path`` is written, beside it, until it is whole."""
    return path.with_name(f"{path.name}{PARTIAL}")


def open_file(path: Path, flags: int) -> int:
    """The descriptor of a file that is opened to write, or made, for owner and group only, whatever the umask.

    A link in its place is not followed. Raises ``OSError`` there, and where a pipe nobody reads stands in its place.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | flags, FILE_MODE)
    os.fchmod(descriptor, FILE_MODE)
    return descriptor


def open_regular(path: Path) -> BufferedReader:
    """The regular file ``path``, opened to read, without a wait for the other end of a pipe.

    Raises ``UnfitFileError`` for anything else that can be opened, and the ``OSError`` of what cannot.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    words = "It is a pipe or a device, and no file"
    raise UnfitFileError(errno.EINVAL, words, str(path))


def read_file(path: Path, *, most: int = MOST_OF_OURS) -> bytes:
    """The bytes of the regular file ``path``, which has no more than ``most`` of them.

    Every file that is read whole comes through here, so that no pipe, device or giant of that name holds up a command
    or fills the memory. Raises ``UnfitFileError``, or the ``OSError`` of a file that cannot be opened.
    """
    with open_regular(path) as opened:
        size = os.fstat(opened.fileno()).st_size
        content = opened.read(size + 1) if size <= most else b""
        if len(content) > size:  # one that grew meanwhile, or that says nothing of its size
            content += opened.read(most)
    if max(size, len(content)) > most:
        words = f"It is larger than the {told_size(most)} that such a file may have"
        raise UnfitFileError(errno.EFBIG, words, str(path))
    return content


def read_text(path: Path, *, most: int = MOST_OF_OURS) -> str:
    """The UTF-8 text of the regular file ``path``, as ``read_file`` reads it; raises ``UnicodeDecodeError``, too."""
    return read_file(path, most=most).decode("utf-8")


def told_size(count: int) -> str:
    """``count`` bytes as people say them, in whole kilobytes, megabytes or gigabytes of 1,024 each."""
    for unit, size in (("GB", 2**30), ("MB", MEGABYTE), ("KB", 2**10)):
        if count >= size:
            return f"{count // size:,} {unit}"
    return f"{count:,} bytes"


def json_text(content: Mapping[str, Any]) -> str:
    """``content`` as JSON in the one form in which files of ours hold it: a line a value, ASCII, in the order given."""
    return json.dumps(content, indent=1, ensure_ascii=True, default=str) + "\n"


def write_file(path: Path, content: bytes) -> None:
    """Puts a small file at ``path``, for owner and group only: the old one or the new one is there, never a part."""
    part = partial_path(path)
    with os.fdopen(open_file(part, os.O_TRUNC), "wb") as written:
        try:
            written.write(content)
            written.flush()
        except OSError:
            part.unlink(missing_ok=True)  # a disk without room is not to keep what is no use
            raise
    commit_file(part, path)


def swap_in(made: Path, target: Path) -> None:
    """Moves a finished file over ``target`` for owner and group to read: on disk before it is seen, never in part."""
    made.chmod(FILE_MODE)
    commit_file(made, target)


def commit_file(made: Path, target: Path) -> None:
    """Moves a finished file over ``target`` so that it survives a power cut: synced, renamed, folder synced."""
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


def fault_of(path: Path, sha256: str) -> str | None:
    """What is wrong with a file that was written with this digest, as a sentence; none where it is that file.

    A link in its place is not the file, wherever it leads.
    """
    if path.is_symlink() or not path.is_file():
        return f"{path} is missing."
    return None if file_sha256(path) == sha256 else f"{path} was changed: its digest is another."


def file_sha256(path: Path) -> str:
    """The SHA-256 of a regular file's bytes, in hexadecimal."""
    with open_regular(path) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
