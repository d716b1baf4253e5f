"""Rollback: an earlier publish stands again, by a swing of the link, and the history is told of it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import IntegrityError, StimauditError
from pipelines.ground.files import file_sha256
from pipelines.ground.formats import OtherFormError
from pipelines.ground.program_files import home
from pipelines.ground.published_file import DATABASE_FILE, open_published
from pipelines.ground.run_lock import run_lock
from pipelines.publishing.history import prepare_night, put_back_inputs, put_back_night, settle
from pipelines.publishing.older_publishes import take_over
from pipelines.publishing.publish import write_beside
from pipelines.publishing.publishes import (
    begin,
    faults_of,
    find_publishes,
    free_name,
    publishes_folder,
    share_file,
    standing_name,
    swing,
)
from pipelines.publishing.show_decisions import show_decisions
from pipelines.reports.report import stand
from pipelines.rule.policy import load_policies

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.publishing.history import Night, RunEntry
    from pipelines.publishing.publishes import Publish
    from pipelines.rule.dossier import Policy


@dataclass(frozen=True)
class Rollback:
    """The run that stands published again, and the number under which the history has it."""

    run_id: str
    run_number: int
    is_made_again: bool

    def lines(self) -> tuple[str, ...]:
        """What was done, and what comes next."""
        pages = (
            "Its database alone was kept, or other files of it were damaged: they were made again from the database."
            if self.is_made_again
            else "Its pages are as they were; `stimaudit report` makes them again with today's decisions."
        )
        return (
            f"Run {self.run_id} stands published again (entry {self.run_number} of the history).",
            pages,
            "Landed files stay. The next run audits all of them again: withdraw or mend what was wrong before it.",
        )

    def as_json(self) -> dict[str, Any]:
        """The run, its entry, and whether its pages were made again."""
        return {"run_id": self.run_id, "run_number": self.run_number, "is_made_again": self.is_made_again}


def rollback(out: Path, run_id: str, *, known_from: datetime) -> Rollback:
    """The earlier run ``run_id`` of ``out``, standing published again with its pages.

    Holds the output folder meanwhile. ``known_from`` is now: from here on the history says that this is what was
    known. A publish that is whole stands as it was; of one whose database alone is kept, or sound, the rest is made
    again, the rules page with the dossiers that the run had. A damaged publish of the run gives way to what stands in
    its place. Where the run stands already the history stays as it is.
    Decisions are of today in either case: where anybody decided, they stand in one further publish.

    Raises ``UsageError`` when no publish of the run is kept, ``IntegrityError`` when its database was changed,
    ``RunLockedError`` when a run holds the folder.
    """
    history = out / "history"
    with run_lock(out, since=known_from):
        take_over(out)
        settle(history, standing_name(out))
        kept = find_publishes(out, run_id)
        damaged = [name for name, publish in kept.items() if faults_of(publishes_folder(out) / name, publish)]
        sound = [name for name, publish in kept.items() if publish.is_whole and name not in damaged]
        readable = [name for name, publish in kept.items() if _has_its_database(out, name, publish)]
        if not readable:
            message = (
                f"The database of every publish kept of the run ({', '.join(kept)} in {publishes_folder(out)}) is "
                "missing or was changed, so nothing was put back. Restore the folder from its backup, or rebuild the "
                "run with `stimaudit reproduce`."
            )
            raise IntegrityError(message)
        night = put_back_night(history, run_id, known_from=known_from)
        if sound:
            prepare_night(history, night, publish_name=sound[-1])
            swing(out, sound[-1])
            settle(history, sound[-1])
        else:
            _make_again(out, readable[-1], night)
        for name in damaged:
            if (folder := publishes_folder(out) / name).is_dir():
                shutil.rmtree(folder)
        with suppress(OtherFormError):  # a publish of another form stands as it was published
            show_decisions(out, sql=home().sql)
    return Rollback(run_id, night.entry.run_number, is_made_again=not sound)


def _has_its_database(out: Path, name: str, publish: Publish) -> bool:
    database = publishes_folder(out) / name / DATABASE_FILE
    listed = [file.sha256 for file in publish.files if file.name == DATABASE_FILE]
    return database.is_file() and [file_sha256(database)] == listed


def _make_again(out: Path, kept: str, night: Night) -> None:
    """Has the run of ``night`` stand in a further publish, made from the database that is kept of it."""
    history, rules = out / "history", out / "work" / "rollback"
    run_id = night.entry.run_id
    name = free_name(out, run_id)
    folder = begin(out)
    share_file(publishes_folder(out) / kept / DATABASE_FILE, folder / DATABASE_FILE)
    with _of_our_form(folder) as connection:
        written = write_beside(connection, folder, run_id=run_id)
    shutil.rmtree(rules, ignore_errors=True)
    policies = _policies_then(history, night.entry, rules)
    shutil.rmtree(rules, ignore_errors=True)
    prepare_night(history, night, publish_name=name)
    stand(out, name=name, written=[DATABASE_FILE, *written], policies=policies)


def _of_our_form(aside: Path) -> Connection:
    """The database in ``aside``; raises ``OtherFormError`` where another version wrote it, and nothing is changed."""
    try:
        return open_published(aside)
    except OtherFormError as fault:
        message = (
            f"The publish was made by another version of stimaudit, so nothing was put back. {fault} "
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
