"""Verify: whether every file of an output folder is the one that was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground.encryption import key_in_use
from pipelines.ground.errors import IntegrityError, KeyFaultError, UsageError
from pipelines.ground.files import file_sha256
from pipelines.ground.formats import UNMARKED, check_form
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.records import judge, record
from pipelines.ground.sealed_json import unsealed
from pipelines.ground.warehouse import WarehouseError
from pipelines.intake.ledger import landed_files, manifest_path, parquet_path, read_ledger
from pipelines.operation.forms import found_forms
from pipelines.publishing.history import cases_path, input_path, read_history
from pipelines.publishing.publish import MANIFEST, episodes_digest
from pipelines.publishing.retention import SNAPSHOT_FOLDER, read_snapshots
from pipelines.publishing.views_and_macros import PARQUET_FOLDER, PARQUET_MANIFEST
from pipelines.review.decisions import check_decisions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


SHOWN = 20


@record
@dataclass(frozen=True)
class _ListedFile:
    """A file as a manifest lists it; a table in Parquet with its rows and, where it has any, dollars."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None
    paid_amount: str | None = None


@record
@dataclass(frozen=True)
class _Manifest:
    """The manifest of the published folder, or of its Parquet copy, which tells no run date."""

    run_id: str
    files: tuple[_ListedFile, ...]
    as_of: str | None = None
    format: int = UNMARKED


@dataclass(frozen=True)
class Verification:
    """What was compared with its digest, and every file that is not what was written, with what is wrong."""

    checked_count: int
    unchecked_count: int
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every file is the one that was written."""
        return not self.faults

    def lines(self) -> tuple[str, ...]:
        """A line a fault, then how many files were compared."""
        bare = f"; {self.unchecked_count:,} landed by an older version have no digest" if self.unchecked_count else ""
        faults = len(self.faults)
        return (*self.faults, f"{self.checked_count:,} files compared with their digests, {faults:,} faults{bare}.")

    def as_json(self) -> dict[str, Any]:
        """The counts and the faults."""
        return {
            "checked_count": self.checked_count,
            "unchecked_count": self.unchecked_count,
            "faults": list(self.faults),
        }

    def raise_if_unsound(self) -> None:
        """Raises ``IntegrityError`` that lists the faults, when there are any."""
        if self.is_sound:
            return
        more = f"\n... and {len(self.faults) - SHOWN:,} more" if len(self.faults) > SHOWN else ""
        listed = "\n".join(f"- {fault}" for fault in self.faults[:SHOWN])
        message = (
            f"{len(self.faults):,} of {self.checked_count:,} files are not what was written:\n{listed}{more}\n"
            "Published files: publish again, or put back a snapshot with `stimaudit rollback`. Landed files and "
            "history: restore them from their backup."
        )
        raise IntegrityError(message)


class _Comparison:
    """Files compared so far."""

    def __init__(self) -> None:
        self.checked = 0
        self.unchecked = 0
        self.faults: list[str] = []

    def compare(self, path: Path, sha256: str | None) -> None:
        if sha256 is None:
            self.unchecked += 1
            return
        self.checked += 1
        if not path.is_file():
            self.faults.append(f"{path} is missing.")
        elif file_sha256(path) != sha256:
            self.faults.append(f"{path} was changed: its digest is another.")

    def no_others(self, folder: Path, known: Iterable[str]) -> None:
        if folder.is_dir():
            strays = sorted({path.name for path in folder.iterdir() if path.is_file()} - set(known))
            self.faults += [f"{folder / name} is named by no manifest." for name in strays]


def verify(out: Path) -> Verification:
    """What became of the files of the output folder ``out``: each compared with the digest kept of it elsewhere.

    Published files and their Parquet copy go by their manifests, snapshots by theirs, landed files by the ledger, the
    ledger's manifests by the history, history files by its entries, each of which holds the digest of the one before;
    manifests and entries are sealed with their own. An encrypted folder is verified without its key, too; with it the
    published episodes are also compared with the history. Reads every byte; changes nothing. Raises ``UsageError``
    where nothing was published or another version wrote it in another form, and ``KeyFaultError`` where all files are
    sound and the key does not open them.
    """
    if not (out / "published" / MANIFEST).is_file():
        message = f"Nothing is published in {out}, so there is nothing to verify. Name the output folder of a run."
        raise UsageError(message)
    for found in found_forms(out):
        check_form(found.what, found.path, found.form)
    comparison = _Comparison()
    _compare_published(comparison, out / "published")
    _compare_history(comparison, out)
    _compare_landed(comparison, out / "landed")
    try:
        check_decisions(out / "decisions")
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
    if key_in_use() is not None:
        try:
            _compare_episodes(comparison, out)
        except KeyFaultError:
            if not comparison.faults:
                raise  # every file is what was written, so it is the key that is another
    return Verification(comparison.checked, comparison.unchecked, tuple(comparison.faults))


def _compare_published(comparison: _Comparison, published: Path) -> None:
    run_ids = set()
    for folder, name in ((published, MANIFEST), (published / PARQUET_FOLDER, PARQUET_MANIFEST)):
        manifest = _read_manifest(comparison, folder / name)
        if manifest is None:
            continue
        run_ids.add(manifest.run_id)
        for file in manifest.files:
            comparison.compare(folder / file.name, file.sha256)
        links = [path.name for path in folder.iterdir() if path.is_symlink()]
        comparison.no_others(folder, [name, *links, *(file.name for file in manifest.files)])
    if len(run_ids) > 1:
        comparison.faults.append(f"{published} holds files of several runs: a publish did not end. Run again.")
    try:
        snapshots = read_snapshots(published)
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
        return
    for snapshot in snapshots:
        comparison.compare(published / SNAPSHOT_FOLDER / snapshot.name, snapshot.sha256)


def _compare_history(comparison: _Comparison, out: Path) -> None:
    history = out / "history"
    try:
        entries = read_history(history)
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
        return
    comparison.checked += len(entries)
    for entry in entries:
        comparison.compare(cases_path(history, entry.run_number), entry.cases_sha256)
        for number, sha256 in entry.manifests.items():
            comparison.compare(manifest_path(out / "landed", int(number)), sha256)
    for kept in sorted({kept.sha256 for entry in entries for kept in entry.inputs}):
        comparison.compare(input_path(history, kept), kept)
    if entries:
        last = entries[-1]
        for name, sha256 in last.files.items():
            comparison.compare(out / "published" / name, sha256)
        _compare_run(comparison, out / "published", last.run_id)


def _compare_episodes(comparison: _Comparison, out: Path) -> None:
    """With the key: whether the published episodes are those that the history tells of."""
    comparison.checked += 1
    try:
        [*_, last] = read_history(out / "history")
        with open_published(out / "published") as connection:
            is_same = episodes_digest(connection) == last.episodes_digest
    except (IntegrityError, WarehouseError, ValueError):
        is_same = False
    if not is_same:
        fault = f"{out / 'published' / DATABASE_FILE} does not hold the episodes of the last run in the history."
        comparison.faults.append(fault)


def _compare_run(comparison: _Comparison, published: Path, run_id: str) -> None:
    manifest = _read_manifest(comparison, published / MANIFEST)
    if manifest is not None and manifest.run_id != run_id:
        comparison.faults.append(f"{published} is not of the last run in the history. Run again to publish.")


def _compare_landed(comparison: _Comparison, landed: Path) -> None:
    try:
        deliveries = read_ledger(landed)
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
        return
    for number, file in landed_files(deliveries):
        path = parquet_path(landed, file.table_name or "", number, file.file_number)
        comparison.compare(path, file.parquet_sha256)


def _read_manifest(comparison: _Comparison, path: Path) -> _Manifest | None:
    try:
        comparison.checked += 1
        return judge(_Manifest, unsealed(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        comparison.faults.append(f"{path} is missing or is not as it was written.")
        return None
