"""Verify: whether every file of an output folder is the one that was written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground.encryption import key_in_use
from pipelines.ground.errors import IntegrityError, KeyFaultError, UsageError
from pipelines.ground.files import fault_of
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.registers import check_ends
from pipelines.ground.warehouse import WarehouseError
from pipelines.intake.ledger import landed_files, manifest_path, parquet_path, read_ledger
from pipelines.operation.anchor import read_anchor
from pipelines.operation.everything import register_faults, strangers
from pipelines.operation.forms import check_forms
from pipelines.operation.run_record import STATUS_FILE, kept_ends
from pipelines.publishing.history import cases_path, input_path, read_history
from pipelines.publishing.older_publishes import is_older
from pipelines.publishing.publish import episodes_digest
from pipelines.publishing.publishes import (
    BUILDING,
    PUBLISHED_LINK,
    faults_of,
    publish_folders,
    publishes_folder,
    read_publish,
    standing_name,
)
from pipelines.review.decisions import check_decisions
from pipelines.rule.kept_layers import key_list_faults, layer_faults, read_register, register_path

if TYPE_CHECKING:
    from pathlib import Path


SHOWN = 20


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
            "history: restore them from their backup. Kept rows (landed/kept): the next run makes them again."
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
        if wrong := fault_of(path, sha256):
            self.faults.append(wrong)


def verify(out: Path, *, anchor: Path | None = None) -> Verification:
    """What became of the files of the output folder ``out``: each compared with the digest kept of it elsewhere.

    The files of every publish go by its manifest, landed files by the ledger, the ledger's manifests by the history,
    history files by its entries, each of which holds the digest of the one before; manifests and entries are sealed
    with their own. Decisions, samples, letters and entries are in registers, whose ends ``status.json`` and the
    ``anchor`` keep. What nobody lists is a fault, and so is what others may read. An encrypted folder is verified
    without its key, too; with it the published episodes are also compared with the history. Reads every byte; changes
    nothing. Raises ``UsageError`` where nothing was published or another version wrote it in another form, and
    ``KeyFaultError`` where all files are sound and the key does not open them.
    """
    check_forms(out)
    if is_older(out):
        message = (
            f"{out} is published in the form of an older version. The next `stimaudit run` or `stimaudit rollback` "
            "takes it over; then it can be verified."
        )
        raise UsageError(message)
    if not publish_folders(out):
        message = f"Nothing is published in {out}, so there is nothing to verify. Name the output folder of a run."
        raise UsageError(message)
    comparison = _Comparison()
    _compare_published(comparison, out)
    _compare_history(comparison, out)
    _compare_landed(comparison, out / "landed")
    _compare_kept(comparison, out / "landed")
    count, faults = register_faults(out)
    comparison.checked += count
    comparison.faults += faults
    comparison.faults += strangers(out)
    try:
        check_ends(out, kept_ends(out), keeper=f"{out / STATUS_FILE}")
        if anchor is not None:
            check_ends(out, read_anchor(anchor), keeper=f"The anchor {anchor}")
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
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


def _compare_published(comparison: _Comparison, out: Path) -> None:
    """Each publish by its manifest, and the link: it leads to one of them and nowhere else."""
    folders = publish_folders(out)
    for folder in folders:
        comparison.checked += 1
        try:
            publish = read_publish(folder)
        except IntegrityError as fault:
            comparison.faults.append(str(fault))
            continue
        comparison.checked += len(publish.files)
        comparison.faults += faults_of(folder, publish)
    names = {folder.name for folder in folders}
    if standing_name(out) not in names:
        comparison.faults.append(f"{out / PUBLISHED_LINK} leads to no publish below {publishes_folder(out)}.")
    known = {*names, BUILDING}
    for path in sorted(publishes_folder(out).iterdir()):
        if path.name not in known:
            comparison.faults.append(f"{path} is named by no manifest.")


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
        _compare_run(comparison, out, last.run_id)


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


def _compare_run(comparison: _Comparison, out: Path, run_id: str) -> None:
    with suppress(IntegrityError):
        if read_publish(out / PUBLISHED_LINK).run_id != run_id:
            comparison.faults.append(
                f"{out / PUBLISHED_LINK} is not of the last run in the history. Run again to publish."
            )


def _compare_landed(comparison: _Comparison, landed: Path) -> None:
    try:
        deliveries = read_ledger(landed)
    except IntegrityError as fault:
        comparison.faults.append(str(fault))
        return
    for number, file in landed_files(deliveries):
        path = parquet_path(landed, file.table_name or "", number, file.file_number)
        comparison.compare(path, file.parquet_sha256)


def _compare_kept(comparison: _Comparison, landed: Path) -> None:
    """The kept rows by their register: a fault of theirs costs the next run time and nothing else."""
    if not register_path(landed).exists():
        return
    comparison.checked += 1
    register = read_register(landed)
    if register is None:
        comparison.faults.append(f"{register_path(landed)} is not as this version wrote it.")
        return
    for layer in register.layers:
        comparison.checked += len(layer.files)
        comparison.faults += layer_faults(landed, layer)
    comparison.checked += len(register.key_lists)
    comparison.faults += key_list_faults(landed, register.key_lists)
