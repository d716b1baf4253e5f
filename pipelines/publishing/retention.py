"""Snapshots: each published file by the name of its run, for as long as is asked.

A snapshot is a second name of the published file (a hard link), so keeping the newest costs nothing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import (
    FILE_MODE,
    commit_file,
    file_sha256,
    make_folder,
    partial_path,
    write_file,
)
from pipelines.ground.near_names import unknown_name
from pipelines.ground.records import judge, record
from pipelines.ground.sealed_json import sealed_text, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


SNAPSHOT_DAYS = 90
SNAPSHOT_FOLDER = "snapshots"
SNAPSHOT_MANIFEST = "manifest.json"


@record
@dataclass(frozen=True)
class Snapshot:
    """A published file that is kept: its run, its place in the history, when it was known, and its digest."""

    run_id: str
    run_number: int
    known_from_utc: str
    bytes: int
    sha256: str

    @property
    def known_from(self) -> datetime:
        """When the audit in it was known, with its zone."""
        return datetime.fromisoformat(self.known_from_utc)

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.run_id}.duckdb"


def read_snapshots(published: Path) -> tuple[Snapshot, ...]:
    """The snapshots kept beside the published file, oldest first; raises ``IntegrityError`` when not to be read."""
    manifest = published / SNAPSHOT_FOLDER / SNAPSHOT_MANIFEST
    if not manifest.is_file():
        return ()
    try:
        return judge(tuple[Snapshot, ...], unsealed(manifest.read_text(encoding="utf-8"))["snapshots"])
    except (ValueError, KeyError):
        message = f"The list of snapshots {manifest} is not as it was written. Restore it from its backup."
        raise IntegrityError(message) from None


def find_snapshot(published: Path, run_id: str) -> Snapshot:
    """The snapshot of the run; raises ``UsageError`` naming those that are kept when there is none."""
    snapshots = read_snapshots(published)
    found = [snapshot for snapshot in snapshots if snapshot.run_id == run_id]
    if not found:
        kept = [snapshot.run_id for snapshot in reversed(snapshots)]
        step = "Older ones can be rebuilt: `stimaudit reproduce`."
        raise unknown_name(run_id, kept, kind="run", place="The folder of kept snapshots", more=step)
    return found[-1]


def keep_snapshot(
    published: Path, database: Path, *, run_id: str, run_number: int, known_from: datetime, days: int
) -> None:
    """Keeps ``database`` as the snapshot of its run, and lets go of those that ``worth_keeping`` leaves out."""
    folder = published / SNAPSHOT_FOLDER
    make_folder(folder)
    new = Snapshot(run_id, run_number, known_from.isoformat(), database.stat().st_size, file_sha256(database))
    earlier = [snapshot for snapshot in read_snapshots(published) if snapshot.run_id != run_id]
    kept = worth_keeping(sorted([*earlier, new], key=lambda snapshot: snapshot.run_number), days=days)
    link_or_copy(database, folder / new.name)
    listed = sealed_text({"snapshots": [asdict(snapshot) for snapshot in kept]})
    write_file(folder / SNAPSHOT_MANIFEST, listed.encode())
    _remove_others(folder, kept)


def worth_keeping(snapshots: Sequence[Snapshot], *, days: int) -> tuple[Snapshot, ...]:
    """Of ``snapshots``, oldest first: the newest, those of the last ``days`` before it, and the last of each month."""
    if not snapshots:
        return ()
    newest = snapshots[-1]
    oldest = newest.known_from - timedelta(days=days)
    month_ends = {f"{snapshot.known_from:%Y-%m}": snapshot for snapshot in snapshots}
    return tuple(
        snapshot
        for snapshot in snapshots
        if snapshot is newest or snapshot.known_from >= oldest or month_ends[f"{snapshot.known_from:%Y-%m}"] is snapshot
    )


def link_or_copy(source: Path, target: Path) -> None:
    """Makes ``target`` the same file as ``source`` by rename: a hard link, or a copy where disks cannot link."""
    part = partial_path(target)
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:
        shutil.copyfile(source, part)
        part.chmod(FILE_MODE)
    commit_file(part, target)
    # Renaming a link over another of the same file leaves both names.
    part.unlink(missing_ok=True)


def _remove_others(folder: Path, kept: Iterable[Snapshot]) -> None:
    names = {SNAPSHOT_MANIFEST, *(snapshot.name for snapshot in kept)}
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()
