"""Publishes: each a folder of its own below ``<out>/publishes``, and ``<out>/published`` a link to the one that stands.

A publish is built aside with everything in it, checked against what was written, made durable, and given its name. It
stands from the rename of the link on: whoever follows the link once reads one run. Nothing below a named publish is
written again; what a later one has in common with it are second names of the same files.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import IntegrityError, StimauditError
from pipelines.ground.files import (
    FILE_MODE,
    PARTIAL,
    fault_of,
    file_sha256,
    make_folder,
    partial_path,
    read_text,
    to_disk,
    write_file,
)
from pipelines.ground.formats import PUBLISHED, UNMARKED
from pipelines.ground.near_names import unknown_name
from pipelines.ground.published_file import DATABASE_FILE, DATABASE_LINK, open_any_published
from pipelines.ground.records import judge, record
from pipelines.ground.sealed_json import sealed_text, unsealed

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path


PUBLISHES_FOLDER = "publishes"
PUBLISHED_LINK = "published"
BUILDING = f"next{PARTIAL}"
MANIFEST = "manifest.json"
KEEP_PUBLISHES = 14
"""How many publishes are kept whole, with their pages."""
SNAPSHOT_DAYS = 90
"""How long the database of a publish is kept; that of a month's end stays for good."""


@record
@dataclass(frozen=True)
class ListedFile:
    """A file of a publish: its path in the publish, its size and its digest."""

    name: str
    bytes: int
    sha256: str


@record
@dataclass(frozen=True)
class Publish:
    """A publish by its manifest: its run, when that was known (UTC), its place among all publishes, and its files.

    ``is_whole`` until its pages, CSV and Parquet are let go and the database alone is kept.
    """

    run_id: str
    as_of: str
    known_from_utc: str
    sequence: int
    is_whole: bool
    files: tuple[ListedFile, ...]
    format: int = UNMARKED

    @property
    def known_from(self) -> datetime:
        """When the audit in it was known, with its zone."""
        return datetime.fromisoformat(self.known_from_utc)


def publishes_folder(out: Path) -> Path:
    """Where the publishes of ``out`` lie."""
    return out / PUBLISHES_FOLDER


def building_folder(out: Path) -> Path:
    """Where the next publish of ``out`` is built; nobody reads it, and what a killed run left there is thrown away."""
    return publishes_folder(out) / BUILDING


def begin(out: Path) -> Path:
    """The empty folder in which the next publish is built. Raises ``StimauditError`` where no link can be made."""
    folder = building_folder(out)
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(publishes_folder(out))
    make_folder(folder)
    return folder


def standing_name(out: Path) -> str | None:
    """The name of the publish that stands; none where nothing is published, or an older version published it."""
    link = out / PUBLISHED_LINK
    if not link.is_symlink():
        return None
    target = link.readlink()
    return target.name if target.parent.name == PUBLISHES_FOLDER and not target.is_absolute() else None


def free_name(out: Path, run_id: str) -> str:
    """A name for a further publish of the run: the run's own, else with the next number."""
    number, name = 1, run_id
    while (publishes_folder(out) / name).exists():
        number += 1
        name = f"{run_id}.{number}"
    return name


def read_publish(folder: Path) -> Publish:
    """The publish in ``folder`` by its manifest; raises ``IntegrityError`` where that is missing or was changed."""
    try:
        return judge(Publish, unsealed(read_text(folder / MANIFEST)))
    except (OSError, ValueError):
        message = f"{folder / MANIFEST} is missing or is not as it was written."
        raise IntegrityError(message) from None


def read_publishes(out: Path) -> dict[str, Publish]:
    """The publishes of ``out`` by name, oldest first; one whose manifest cannot be read is left out."""
    found: dict[str, Publish] = {}
    for folder in publish_folders(out):
        try:
            found[folder.name] = read_publish(folder)
        except IntegrityError:
            continue
    return dict(sorted(found.items(), key=lambda named: (named[1].sequence, named[0])))


def publish_folders(out: Path) -> list[Path]:
    """The folders of finished publishes, by name."""
    folder = publishes_folder(out)
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.endswith(PARTIAL)]


def find_publishes(out: Path, run_id: str) -> dict[str, Publish]:
    """The publishes of the run by name, oldest first; raises ``UsageError`` naming the runs that are kept for none."""
    publishes = read_publishes(out)
    found = {name: publish for name, publish in publishes.items() if publish.run_id == run_id}
    if not found:
        known = list(dict.fromkeys(publish.run_id for publish in reversed(publishes.values())))
        more = "Of others `stimaudit reproduce` makes the episodes again."
        raise unknown_name(run_id, known, kind="run", place="The folder of kept publishes", more=more)
    return found


def faults_of(folder: Path, publish: Publish) -> list[str]:
    """What is not as it was written below the publish ``folder``, a sentence a fault: changed, missing or strange."""
    faults = [fault for file in publish.files if (fault := fault_of(folder / file.name, file.sha256))]
    known = {folder / file.name for file in publish.files} | {folder / MANIFEST}
    known |= {parent for path in known for parent in path.parents if parent.is_relative_to(folder)}
    link = folder / DATABASE_LINK
    for path in sorted(folder.rglob("*")):
        if path == link and path.is_symlink():
            if os.fspath(path.readlink()) != DATABASE_FILE:
                faults.append(f"{path} leads elsewhere than to {DATABASE_FILE}.")
        elif path not in known:
            faults.append(f"{path} is named by no manifest.")
    if not link.is_symlink():
        faults.append(f"{link} is not the link to {DATABASE_FILE} that was made.")
    return faults


def finish(out: Path, name: str, *, written: Iterable[str], is_whole: bool = True) -> Path:
    """The folder of a publish of ``out`` that is complete: what was built, with its manifest, durable, under ``name``.

    ``written`` are the paths of all files below the folder, as those tell who wrote them; a file that nobody wrote
    raises ``IntegrityError``. A file with the same bytes as that of the standing publish becomes a second name of it.
    """
    folder = building_folder(out)
    names = sorted(set(written))
    _raise_if_strange(folder, names)
    known = _known(folder, out / PUBLISHED_LINK, names)
    _share(folder, out / PUBLISHED_LINK, names)
    link = folder / DATABASE_LINK
    link.unlink(missing_ok=True)
    link.symlink_to(DATABASE_FILE)
    with open_any_published(folder) as connection:
        [(run_id, as_of, known_from)] = connection.execute(
            "select run_id, as_of_date, finished_at_utc from run"
        ).fetchall()
    sequence = 1 + max((publish.sequence for publish in read_publishes(out).values()), default=0)
    _write_manifest(
        folder,
        run_id=run_id,
        as_of=as_of,
        known_from=known_from.replace(tzinfo=UTC),
        sequence=sequence,
        is_whole=is_whole,
        names=names,
        known=known,
    )
    _make_durable(folder, known)
    target = publishes_folder(out) / name
    folder.rename(target)
    to_disk(target.parent)
    return target


def is_standing(out: Path, written: Iterable[str]) -> bool:
    """Whether the files ``written`` of what is being built in ``out`` are those that stand, byte for byte."""
    folder, standing = building_folder(out), out / PUBLISHED_LINK
    try:
        publish = read_publish(standing)
    except IntegrityError:
        return False
    names = sorted(written)
    return names == [file.name for file in publish.files] and all(
        (standing / name).is_file() and _is_same(folder / name, standing / name) for name in names
    )


def throw_away(out: Path) -> None:
    """Removes what is being built in ``out``."""
    shutil.rmtree(building_folder(out), ignore_errors=True)


def swing(out: Path, name: str) -> None:
    """Has the publish ``name`` stand: one rename of the link, from which on all that follow it read that publish.

    Raises ``StimauditError`` where the file system has no links.
    """
    link = out / PUBLISHED_LINK
    part = partial_path(link)
    part.unlink(missing_ok=True)
    try:
        part.symlink_to(f"{PUBLISHES_FOLDER}/{name}", target_is_directory=True)
        part.replace(link)
    except OSError as error:
        message = (
            f"The link {link} cannot be made ({error.strerror}), so the last publish still stands. The output folder "
            "must lie on a file system with symbolic links, as those of Linux and macOS have them."
        )
        raise StimauditError(message) from None
    to_disk(out)


def let_go(out: Path, *, keep_publishes: int = KEEP_PUBLISHES, days: int = SNAPSHOT_DAYS) -> None:
    """Removes what is no longer to be kept of the publishes of ``out``; the one that stands stays whole.

    The last publish of each of the newest ``keep_publishes`` runs stays whole, and the one before the newest, which
    somebody may still be reading. Of older runs the database of the last publish stays for ``days`` before the newest,
    and the last of each month for good.
    """
    standing = standing_name(out)
    publishes = read_publishes(out)
    last_of_run: dict[str, str] = {}
    for name, publish in publishes.items():
        last_of_run.pop(publish.run_id, None)
        last_of_run[publish.run_id] = name
    whole = {standing, *list(last_of_run.values())[-max(keep_publishes, 1) :], *list(publishes)[-2:]}
    thin = {name: publish for name, publish in publishes.items() if last_of_run[publish.run_id] == name}
    kept = worth_keeping(thin, days=days)
    for name, publish in publishes.items():
        folder = publishes_folder(out) / name
        if name in whole:
            continue
        if name not in kept:
            _remove(folder)
        elif publish.is_whole or len(list(folder.iterdir())) > len({DATABASE_FILE, DATABASE_LINK, MANIFEST}):
            _thin(folder, publish)


def worth_keeping(publishes: Mapping[str, Publish], *, days: int) -> frozenset[str]:
    """Of ``publishes``, oldest first: the newest, those of the last ``days`` before it, and the last of each month."""
    if not publishes:
        return frozenset()
    *_, newest = publishes
    oldest = max(publish.known_from for publish in publishes.values()) - timedelta(days=days)
    month_ends = {f"{publish.known_from:%Y-%m}": name for name, publish in publishes.items()}
    recent = {name for name, publish in publishes.items() if publish.known_from >= oldest}
    return frozenset({newest, *recent, *month_ends.values()})


def share_file(source: Path, target: Path) -> None:
    """Makes ``target`` the same file as ``source``: a hard link, or a copy where disks cannot link."""
    make_folder(target.parent)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(FILE_MODE)


def _raise_if_strange(folder: Path, names: Sequence[str]) -> None:
    """Nothing where the files below ``folder`` are those that were written, and no side file of an engine is there."""
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and path != folder / DATABASE_LINK
    } - {MANIFEST}
    if strange := sorted(found ^ set(names)):
        message = (
            f"The publish in {folder} holds files that were not written for it, or misses some: "
            f"{', '.join(strange[:5])}. Nothing was published. Run again, and look who writes there."
        )
        raise IntegrityError(message)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two files are one under two names, or have the same bytes."""
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)


def _known(folder: Path, standing: Path, names: Sequence[str]) -> dict[str, ListedFile]:
    """The files below ``folder`` that are second names of the standing publish's, as its manifest has them.

    They are not read again: what was changed since it was listed stays a fault that ``stimaudit verify`` finds.
    """
    try:
        listed = {file.name: file for file in read_publish(standing).files}
    except IntegrityError:
        return {}
    return {
        name: listed[name]
        for name in names
        if name in listed and (standing / name).is_file() and (folder / name).samefile(standing / name)
    }


def _share(folder: Path, standing: Path, names: Sequence[str]) -> None:
    for name in names:
        old, new = standing / name, folder / name
        if name == DATABASE_FILE or not old.is_file() or old.is_symlink() or old.stat().st_size != new.stat().st_size:
            continue
        if old.samefile(new) or not filecmp.cmp(old, new, shallow=False):
            continue
        share_file(old, partial_path(new))
        partial_path(new).replace(new)


def _write_manifest(
    folder: Path,
    *,
    run_id: str,
    as_of: date,
    known_from: datetime,
    sequence: int,
    is_whole: bool,
    names: Sequence[str],
    known: Mapping[str, ListedFile],
) -> None:
    files = tuple(known.get(name) or _listed(folder, name) for name in names)
    publish = Publish(run_id, as_of.isoformat(), known_from.isoformat(), sequence, is_whole, files, PUBLISHED)
    _put_manifest(folder, publish)


def _listed(folder: Path, name: str) -> ListedFile:
    return ListedFile(name, (folder / name).stat().st_size, file_sha256(folder / name))


def _put_manifest(folder: Path, publish: Publish) -> None:
    content: dict[str, Any] = asdict(publish)
    write_file(folder / MANIFEST, sealed_text(content).encode())


def _make_durable(folder: Path, known: Container[str]) -> None:
    """Has all below ``folder`` on disk, for owner and group alone; files of ``known`` are so already."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink() or path.relative_to(folder).as_posix() in known:
            continue
        if path.is_dir():
            make_folder(path)
        else:
            path.chmod(FILE_MODE)
        to_disk(path)


def _thin(folder: Path, publish: Publish) -> None:
    """Lets everything of a publish go but its database; its manifest says so first."""
    files = tuple(file for file in publish.files if file.name == DATABASE_FILE)
    _put_manifest(folder, Publish(**{**vars(publish), "is_whole": False, "files": files}))
    for path in folder.iterdir():
        if path.name in {DATABASE_FILE, DATABASE_LINK, MANIFEST}:
            continue
        _remove(path)


def _remove(path: Path) -> None:
    """Removes a file or folder of ours; a link is removed and never followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
