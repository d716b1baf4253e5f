"""What an older version published in a plain folder, with its snapshots, becomes publishes that a link chooses from."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.ground.errors import StimauditError
from pipelines.ground.files import PARTIAL, file_sha256, read_text
from pipelines.ground.published_file import DATABASE_FILE, open_any_published
from pipelines.ground.records import judge, record
from pipelines.ground.sealed_json import unsealed
from pipelines.publishing.publishes import (
    MANIFEST,
    PUBLISHED_LINK,
    begin,
    finish,
    free_name,
    publishes_folder,
    read_publishes,
    share_file,
    swing,
)

if TYPE_CHECKING:
    from pathlib import Path


SNAPSHOT_FOLDER = "snapshots"
SET_ASIDE = f"older{PARTIAL}"


@record
@dataclass(frozen=True)
class _Snapshot:
    """A database that an older version kept."""

    run_id: str
    run_number: int
    known_from_utc: str
    bytes: int
    sha256: str


def is_older(out: Path) -> bool:
    """Whether what is published in ``out`` was published by an older version, and no run has taken it over."""
    published = out / PUBLISHED_LINK
    return published.is_dir() and not published.is_symlink()


def take_over(out: Path) -> None:
    """Has what an older version published in ``out``, and its snapshots, lie among the publishes, the newest standing.

    Nothing where that is so already. Ended at any point it goes on when called again. The caller holds ``out``. Raises
    ``StimauditError`` for a folder that holds no audit.
    """
    published, aside = out / PUBLISHED_LINK, publishes_folder(out) / SET_ASIDE
    if is_older(out):
        if not (published / DATABASE_FILE).is_file():
            _remove_empty(published)
            return
        with open_any_published(published) as connection:
            run_id = str(connection.execute("select run_id from run").fetchall()[0][0])
        for snapshot in [each for each in _snapshots(published) if each.run_id != run_id]:
            _take_over_snapshot(out, published / SNAPSHOT_FOLDER / f"{snapshot.run_id}.duckdb", snapshot)
        _take_over_published(out, published, run_id)
        published.rename(aside)
    if aside.is_dir():
        if not published.is_symlink():
            swing(out, list(read_publishes(out))[-1])
        shutil.rmtree(aside)


def _remove_empty(published: Path) -> None:
    try:
        published.rmdir()
    except OSError:
        message = (
            f"The folder {published} holds files and no published audit. It is the program's own, and the name of the "
            "link it makes. Move away what is in it."
        )
        raise StimauditError(message) from None


def _snapshots(published: Path) -> tuple[_Snapshot, ...]:
    """The snapshots that an older version listed; none where the list is not as it was written."""
    try:
        text = read_text(published / SNAPSHOT_FOLDER / MANIFEST)
        listed = judge(tuple[_Snapshot, ...], unsealed(text)["snapshots"])
    except (OSError, ValueError, KeyError):
        return ()
    return tuple(sorted(listed, key=lambda snapshot: snapshot.run_number))


def _take_over_snapshot(out: Path, kept: Path, snapshot: _Snapshot) -> None:
    """A damaged snapshot is left where it is, and goes with the folder it lies in."""
    if _is_taken(out, snapshot.run_id) or not kept.is_file() or file_sha256(kept) != snapshot.sha256:
        return
    share_file(kept, begin(out) / DATABASE_FILE)
    finish(out, free_name(out, snapshot.run_id), written=[DATABASE_FILE], is_whole=False)


def _take_over_published(out: Path, published: Path, run_id: str) -> None:
    if any(publish.run_id == run_id and publish.is_whole for publish in read_publishes(out).values()):
        return
    names = [
        path.relative_to(published).as_posix()
        for path in sorted(published.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.suffix != PARTIAL
    ]
    names = [name for name in names if name != MANIFEST and not name.startswith(f"{SNAPSHOT_FOLDER}/")]
    folder = begin(out)
    for name in names:
        share_file(published / name, folder / name)
    finish(out, free_name(out, run_id), written=names)


def _is_taken(out: Path, run_id: str) -> bool:
    return any(publish.run_id == run_id for publish in read_publishes(out).values())
