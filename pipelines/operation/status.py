"""Is last night safe, and what to do: the record a run leaves, and what an operator is told of it.

Every run keeps ``<out>/status.json``: written as ``running`` when it starts, and over again when it ends, whatever the
end. So a file that says ``running`` while nobody holds the folder tells of a run that was killed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.ground.encryption import key_in_use
from pipelines.ground.errors import ExitCode, KeyFaultError
from pipelines.ground.formats import OtherFormError, check_form
from pipelines.ground.published_file import DATABASE_FILE, open_any_published
from pipelines.ground.warehouse import WarehouseError
from pipelines.operation.forms import found_forms
from pipelines.operation.known_feeds import feed_reach, last_profile
from pipelines.operation.run_log import utc_text
from pipelines.operation.run_record import LastPublish, RunRecord, last_publish, lock_holder, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipelines.gates.profile import Profile
    from pipelines.operation.forms import FoundForm
    from pipelines.operation.known_feeds import FeedReach


MAX_AGE_HOURS = 36
"""A nightly run that is a day and a half old was missed: one night and half a day to notice."""
CLOCK_SLACK = timedelta(minutes=5)
"""Two machines' clocks may differ by this much."""

REPORTS_OF_ENCRYPTED = (
    "encrypted with the audit: `stimaudit report --to FOLDER` writes workbook, CSV and pages to a folder of yours"
)
"""Where the reports of an encrypted audit are, for people."""
StatusVerdict = Literal["safe", "look", "act", "running"]

NEXT_STEPS: Mapping[int, str] = {
    ExitCode.OUR_FAULT: (
        "Look at free disk and memory (`stimaudit doctor`), then run again. If it stops at the same place, report the "
        "message with the log."
    ),
    ExitCode.USAGE: "Correct the command, path, setting or policy that the message names, then run again.",
    ExitCode.REFUSED: (
        "The delivery was not taken in. Send the message to whoever makes the extracts, and run again with the "
        "corrected delivery. The audit of the last good night stays in use."
    ),
    ExitCode.LOCKED: "Wait for the run that holds the folder, then run again.",
    ExitCode.INTERRUPTED: "Run again, once it is known who ended the last run and why. Nothing was lost.",
    ExitCode.TERMINATED: "Run again, once it is known who ended the last run and why. Nothing was lost.",
    ExitCode.INTEGRITY: "Restore the file that the message names from its backup, then run again. Delete nothing.",
}
"""What to do after each exit code that is not an audit; ``docs/operations.md`` has the long form."""


@dataclass(frozen=True)
class Status:
    """Whether last night is safe: the verdict, the reason, what to do, and the facts behind them.

    ``safe``: clean and recent. ``look``: published, with caveats. ``act``: last night did not publish, or is missing.
    ``running``: a run is at work; readers still have the audit before it.
    """

    verdict: StatusVerdict
    reason: str
    next_step: str
    publish: LastPublish | None
    run: RunRecord | None
    held_by: str | None
    now: datetime
    is_encrypted: bool = False
    forms: tuple[FoundForm, ...] = ()
    reach: tuple[FeedReach, ...] = ()
    measured: Profile | None = None

    @property
    def exit_code(self) -> ExitCode:
        """0 safe or running, 5 look, 3 act."""
        return {"look": ExitCode.CAVEATS, "act": ExitCode.REFUSED}.get(self.verdict, ExitCode.DONE)

    def lines(self) -> tuple[str, ...]:
        """One screen of plain text."""
        lines = [f"{self.verdict.upper()}: {self.reason}", f"  Do now          {self.next_step}"]
        if self.publish is None:
            lines.append("  Readers see     no audit")
        else:
            lines.append(
                f"  Readers see     run {self.publish.run_id} as of {self.publish.as_of}, grade {self.publish.grade}, "
                f"published {_age(self.now - self.publish.finished_at)} ago"
            )
            lines.extend(f"                  caveat: {reason}" for reason in self.publish.grade_reasons)
            if self.is_encrypted:
                lines.append(f"  Reports         {REPORTS_OF_ENCRYPTED}")
        if self.run is not None:
            ended = f"exit code {self.run.exit_code}" if self.run.exit_code is not None else "did not say how it ended"
            lines.append(f"  Last run        {self.run.state}, started {utc_text(self.run.started_at)}, {ended}")
            if self.run.stage:
                lines.append(f"                  in stage {self.run.stage}")
            if self.run.message:
                first, *more = self.run.message.splitlines()
                lines.append(f"                  {first}")
                lines.extend(f"                  {line}" for line in more)
        if self.measured is not None:
            lines.append(
                f"  Last measured   delivery {self.measured.delivery_number} as of {self.measured.as_of}: "
                f"{len(self.measured.measures):,} measures kept, {len(self.measured.accepted):,} changes accepted"
            )
            by = {name: f" (by {who})" for name, who in self.measured.accepted_by.items()}
            lines.extend(
                f"                  accepted: {name}: {why}{by.get(name, '')}"
                for name, why in self.measured.accepted.items()
            )
        if self.reach:
            lines.append(f"  Feeds reach     {'; '.join(each.told() for each in self.reach)}")
        if self.forms:
            lines.append(f"  Forms           {', '.join(f'{each.what} {each.form}' for each in self.forms)}")
        lines.append(f"  Output folder   {'held by ' + self.held_by if self.held_by else 'free'}")
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        """The status as plain JSON values."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "next_step": self.next_step,
            "last_publish": self.publish.as_json() if self.publish else None,
            "last_run": self.run.as_json() if self.run else None,
            "held_by": self.held_by,
            "is_encrypted": self.is_encrypted,
            "last_measured": self.measured
            and {
                "delivery_number": self.measured.delivery_number,
                "as_of": self.measured.as_of,
                "measures": len(self.measured.measures),
                "accepted": dict(self.measured.accepted),
                "accepted_by": dict(self.measured.accepted_by),
            },
            "forms": {each.what: each.form for each in self.forms},
            "feed_reach": [each.as_json() for each in self.reach],
            "asked_at_utc": utc_text(self.now),
        }


def status(out: Path, *, now: datetime, max_age_hours: float = MAX_AGE_HOURS) -> Status:
    """Whether the last run in ``out`` is safe at ``now``, and what to do.

    Reads only. An audit older than ``max_age_hours`` counts as a missed night.
    """
    publish, run, held_by = last_publish(out / "published"), read_record(out), lock_holder(out)
    forms = found_forms(out)
    found = (
        _judge_run(run, held_by)
        or _judge_key(out / "published")
        or _judge_forms(forms)
        or _judge_silence(run, publish)
        or _judge_publish(publish, now=now, max_age_hours=max_age_hours)
    )
    is_encrypted = key_in_use() is not None
    return Status(
        *(found.verdict, found.reason, found.next_step, publish, run, held_by, now, is_encrypted, forms),
        reach=feed_reach(out / "published"),
        measured=last_profile(out / "history"),
    )


class _Judgement(NamedTuple):
    verdict: StatusVerdict
    reason: str
    next_step: str


def _judge_run(run: RunRecord | None, held_by: str | None) -> _Judgement | None:
    """What the last run says; none when it published, or when nothing is known of it."""
    if held_by is not None:
        step = "Wait for it. If it has stood for hours, see 'A lock that does not go away' in docs/operations.md."
        return _Judgement("running", "A run is at work.", step)
    if run is None:
        return None
    if run.state == "running":
        place = f" in stage {run.stage}" if run.stage else ""
        step = "Run again: nothing was lost. If it is killed again, look at memory and disk (`stimaudit doctor`)."
        return _Judgement("act", f"The last run was killed{place} and could not say why.", step)
    if run.state != "published":
        step = NEXT_STEPS.get(run.exit_code or 0, NEXT_STEPS[ExitCode.OUR_FAULT])
        return _Judgement("act", "The last run did not publish; readers still have the audit before it.", step)
    return None


def _judge_key(published: Path) -> _Judgement | None:
    """What the key in use has against the published audit; none when it opens it, or nothing is there to open."""
    if (published / DATABASE_FILE).is_file():
        try:
            with suppress(WarehouseError), open_any_published(published):
                pass
        except KeyFaultError as fault:
            return _Judgement("act", "The published audit cannot be read with what this command was given.", str(fault))
    return None


def _judge_forms(forms: Iterable[FoundForm]) -> _Judgement | None:
    """What stands against the forms in which the folder is written; none where they are those of this version."""
    for each in forms:
        try:
            check_form(each.what, each.path, each.form)
        except OtherFormError as fault:
            return _Judgement("act", f"The {each.what} is in the form of another version of stimaudit.", str(fault))
    return None


def _judge_silence(run: RunRecord | None, publish: LastPublish | None) -> _Judgement | None:
    """What an audit tells beside which no run left its state; none where one did, or where there is no audit."""
    if run is not None or publish is None:
        return None
    step = "Run again. If it does not start, look at disk and rights (`stimaudit doctor`)."
    return _Judgement("act", "There is an audit, and no word of the last run: it could not write its state.", step)


def _judge_publish(publish: LastPublish | None, *, now: datetime, max_age_hours: float) -> _Judgement:
    """What the published audit says, when the last run has nothing against it."""
    if publish is None:
        step = (
            "Run `stimaudit run`, or name the right output folder. If there was an audit, see 'A wrong delivery was "
            "published' in docs/operations.md."
        )
        return _Judgement("act", "There is no published audit that can be read.", step)
    age = now - publish.finished_at
    if age > timedelta(hours=max_age_hours):
        step = "Ask the scheduler why it did not start (Prefect: is it paused, does a worker run?), then run."
        return _Judgement("act", f"The last audit is {_age(age)} old: a night was missed.", step)
    if age < -CLOCK_SLACK:
        step = "Set the clock right. Nothing in the audit depends on it but its two times."
        return _Judgement("look", "The last audit is dated in the future: the clock of this machine was moved.", step)
    if publish.grade != "clean":
        step = "Read the caveats and tell the analysts; nothing has to be done tonight."
        count = len(publish.grade_reasons)
        return _Judgement("look", f"Published with {count} caveat{'' if count == 1 else 's'}.", step)
    return _Judgement("safe", "Last night is published and clean.", "Nothing.")


def _age(age: timedelta) -> str:
    hours, minutes = divmod(int(abs(age).total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
