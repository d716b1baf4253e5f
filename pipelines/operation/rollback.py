"""Rollback: an earlier publish put back in place, and the history told of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import IntegrityError, StimauditError
from pipelines.ground.files import file_sha256, make_folder, swap_in
from pipelines.ground.formats import OtherFormError
from pipelines.ground.program_files import home
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.run_lock import run_lock
from pipelines.publishing.history import commit_night, prepare_night, put_back_inputs, put_back_night, settle
from pipelines.publishing.publish import swap_in_parquet, write_beside, write_manifest
from pipelines.publishing.retention import SNAPSHOT_FOLDER, find_snapshot, link_or_copy
from pipelines.publishing.show_decisions import show_decisions
from pipelines.publishing.views_and_macros import PARQUET_FOLDER
from pipelines.reports.report import report
from pipelines.rule.policy import load_policies

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.publishing.history import RunEntry
    from pipelines.rule.dossier import Policy


@dataclass(frozen=True)
class Rollback:
    """The run that stands published again, and the number under which the history has it."""

    run_id: str
    run_number: int

    def lines(self) -> tuple[str, ...]:
        """What was done, and what comes next."""
        return (
            f"Run {self.run_id} stands published again (entry {self.run_number} of the history).",
            "Landed files stay. The next run audits all of them again: withdraw or mend what was wrong before it.",
        )

    def as_json(self) -> dict[str, Any]:
        """The run and its entry."""
        return {"run_id": self.run_id, "run_number": self.run_number}


def rollback(out: Path, run_id: str, *, known_from: datetime) -> Rollback:
    """The earlier run ``run_id`` of ``out``, published again from its snapshot, with its reports made anew.

    Holds the output folder meanwhile. ``known_from`` is now: from here on the history says that this is what was
    known. The rules page shows the dossiers that the run had. Put back when it stands already, it mends files that
    were damaged, and the history stays as it is. Raises ``UsageError`` when no snapshot of the run is kept,
    ``IntegrityError`` when it was changed, ``RunLockedError`` when a run holds the folder.
    """
    published, history, aside = out / "published", out / "history", out / "work" / "rollback"
    with run_lock(out, since=known_from):
        settle(history, published / DATABASE_FILE)
        snapshot = find_snapshot(published, run_id)
        kept = published / SNAPSHOT_FOLDER / snapshot.name
        if not kept.is_file() or file_sha256(kept) != snapshot.sha256:
            message = (
                f"The snapshot {kept} is missing or was changed, so nothing was put back. "
                "Restore it from its backup, or rebuild the run with `stimaudit reproduce`."
            )
            raise IntegrityError(message)
        night = put_back_night(history, run_id, known_from=known_from)
        shutil.rmtree(aside, ignore_errors=True)
        make_folder(aside)
        link_or_copy(kept, aside / DATABASE_FILE)
        with _of_our_form(aside) as connection:
            names = write_beside(connection, aside, run_id=run_id)
        prepare_night(history, night)
        for name in (DATABASE_FILE, *names):
            swap_in(aside / name, published / name)
        commit_night(history, night)
        swap_in_parquet(aside / PARQUET_FOLDER, published / PARQUET_FOLDER)
        write_manifest(published, run_id=run_id, as_of=date.fromisoformat(night.entry.as_of))
        show_decisions(published, sql=home().sql)
        policies = _policies_then(history, night.entry, aside / "rules")
        shutil.rmtree(aside)
        report(published, policies=policies)
    return Rollback(run_id, night.entry.run_number)


def _of_our_form(aside: Path) -> Connection:
    """The snapshot in ``aside``; raises ``OtherFormError`` where another version wrote it, and nothing is changed."""
    try:
        return open_published(aside)
    except OtherFormError as fault:
        message = (
            f"The snapshot was kept by another version of stimaudit, so nothing was put back. {fault} "
            "Of older runs `stimaudit reproduce` makes the episodes again."
        )
        raise OtherFormError(message) from None


def _policies_then(history: Path, entry: RunEntry, folder: Path) -> tuple[Policy, ...]:
    """The dossiers that the run had, for its rules page; none where they are not kept whole or are of another form.

    The audit is put back without them too: the page then says that they are not at hand, and ``stimaudit verify``
    names a kept file that was damaged.
    """
    dossiers = [kept for kept in entry.inputs if kept.name.startswith("policies/")]
    try:
        rules = put_back_inputs(history, dossiers, folder)
        return load_policies(rules / "policies", as_of=date.fromisoformat(entry.as_of), allow_overdue=True)
    except StimauditError:
        return ()
