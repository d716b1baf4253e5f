"""One run at a time: an exclusive lock on the output folder, let go by the system when the process ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pipelines.ground.errors import RunLockedError, UsageError
from pipelines.ground.files import FILE_MODE, OTHERS_MASK, PARTIAL, offer_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path


LOCK_FILE = ".lock"
STORE = "decisions"
"""The folder below an output folder that has a lock of its own: people record while a run is at work."""
OF_A_RUN = ("*", "history/[!r]*/*", "history/runs/*", "history/registers/runs*", "landed/deliveries/*")
OF_THE_STORE = (f"{STORE}/*", f"{STORE}/samples/*", "letters/*", "history/registers/[!r]*")
"""Where those who hold a lock write files, below the output folder."""


@contextmanager
def private_files() -> Iterator[None]:
    """Files made inside are for owner and group at most; a stricter umask of the operator stays as it is.

    The umask belongs to the process: whoever runs other work in threads of the same process has it there, too.
    """
    before = os.umask(OTHERS_MASK)
    os.umask(before | OTHERS_MASK)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def run_lock(out: Path, *, since: datetime) -> Iterator[None]:
    """Holds ``out`` for one run, after half-written files of a killed one went; ``hold`` says how, and what is raised.

    It makes the folder where there is none.
    """
    with hold(out, since=since):
        _remove_partial(out, OF_A_RUN)
        yield


@contextmanager
def store_lock(out: Path, *, since: datetime) -> Iterator[None]:
    """Holds what people record below ``out`` (decisions, samples, letters); half-written files of theirs went before.

    A run may be at work meanwhile.
    """
    with hold(out / STORE, since=since):
        _remove_partial(out, OF_THE_STORE)
        yield


def _remove_partial(out: Path, places: Iterable[str]) -> None:
    """Removes the half-written files in ``places``; nobody else writes there while the lock is held."""
    for place in places:
        for path in out.glob(f"{place}{PARTIAL}"):
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)


@contextmanager
def hold(out: Path, *, since: datetime) -> Iterator[None]:
    """Holds a folder, which is made where there is none. Files made meanwhile are private.

    The lock belongs to the process, so a killed run leaves none behind. The file stays and says who held it last.
    Raises ``RunLockedError`` naming the process that holds it and since when.
    """
    try:
        offer_folder(out)
        descriptor = os.open(out / LOCK_FILE, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        message = f"The output folder {out} cannot be used ({error.strerror}). Name a folder you may write to."
        raise UsageError(message) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "a process that just started"
            message = (
                f"Another run holds {out}: {holder}. Nothing was changed. Wait for it to end, or end that process; "
                "the lock goes with it."
            )
            raise RunLockedError(message) from None
        os.fchmod(descriptor, FILE_MODE)
        with suppress(OSError):  # on a full disk nobody is told who holds the folder, and it is held all the same
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}, since {since:%Y-%m-%d %H:%M:%S %Z}\n".encode(), 0)
        with private_files():
            yield
    finally:
        os.close(descriptor)
