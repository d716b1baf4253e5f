"""What a run leaves of itself: status.json and log."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping  # noqa: TC003 - read when a record is judged
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pipelines.ground.errors import ExitCode, IntegrityError, RunLockedError, StimauditError
from pipelines.ground.files import json_text, read_file, write_file
from pipelines.ground.formats import STATUS, UNMARKED
from pipelines.ground.progress import Progress
from pipelines.ground.published_file import DATABASE_FILE, open_any_published
from pipelines.ground.records import RecordError, judge, judge_json, record
from pipelines.ground.registers import End, ends
from pipelines.ground.run_lock import LOCK_FILE, run_lock
from pipelines.ground.stopping import raise_if_stopped, stopped
from pipelines.ground.warehouse import WarehouseError
from pipelines.operation.run_log import run_log, utc_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pipelines.gates.validate import CheckResult
    from pipelines.intake.land import Landing
    from pipelines.operation.run_log import Fact, RunLog
    from pipelines.publishing.publish import Published


STATUS_FILE = "status.json"

RunState = Literal["running", "published", "refused", "failed"]


@dataclass(frozen=True)
class LastPublish:
    """The audit that readers see now, as the published file says itself; times are UTC.

    Only what a status needs, so that a file of another version can still be told of.
    """

    run_id: str
    as_of: date
    finished_at: datetime
    grade: str
    grade_reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The publish as plain JSON values."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "finished_at": utc_text(self.finished_at)}


@dataclass(frozen=True)
class RunRecord:
    """What ``status.json`` says of the last run: how it ended and why, in counts and words.

    ``exit_code`` is none while it runs. ``message`` is what was told of a failure and holds no member value.
    """

    state: RunState
    started_at: datetime
    as_of: date | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    run_id: str | None = None
    grade: str | None = None
    grade_reasons: tuple[str, ...] = ()
    stage: str | None = None
    message: str | None = None
    process: int | None = None
    counts: Mapping[str, int | None] | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; none while it runs."""
        return round((self.finished_at - self.started_at).total_seconds(), 1) if self.finished_at else None

    def as_json(self) -> dict[str, Any]:
        """The record as plain JSON values, times in UTC."""
        return {
            "format": STATUS,
            "state": self.state,
            "exit_code": self.exit_code,
            "run_id": self.run_id,
            "grade": self.grade,
            "grade_reasons": list(self.grade_reasons),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "started_at_utc": utc_text(self.started_at),
            "finished_at_utc": utc_text(self.finished_at) if self.finished_at else None,
            "seconds": self.seconds,
            "stage": self.stage,
            "message": self.message,
            "process": self.process,
            "counts": dict(self.counts or {}),
        }


class NightRecord(Progress):
    """The record of one run as it goes: told of stages and files like any progress, it logs them and passes them on."""

    def __init__(self, started: RunRecord, *, log: RunLog, progress: Progress, clock: Callable[[], datetime]) -> None:
        super().__init__(progress)
        self.record = started
        self._log = log
        self._clock = clock
        self._stage_since = started.started_at

    def event(self, name: str, **facts: Fact) -> None:
        """Logs the event ``name``."""
        self._log.event(name, facts)

    def stage_started(self, stage: str) -> None:
        """Logs the end of the stage before and the start of ``stage``; a run that was told to stop goes no further."""
        raise_if_stopped()
        self._stage_ended()
        self.record = replace(self.record, stage=stage)
        self._stage_since = self._clock()
        self.event("stage_started", stage=stage)
        super().stage_started(stage)

    def file_started(self, file_name: str, byte_count: int) -> None:
        """Logs the file and its size."""
        self.event("file_started", file=file_name, bytes=byte_count)
        super().file_started(file_name, byte_count)

    def file_finished(self, file_name: str, row_count: int) -> None:
        """Logs how many rows a file had."""
        self.event("file_landed", file=file_name, rows=row_count)
        super().file_finished(file_name, row_count)

    def file_known(self, file_name: str) -> None:
        """Logs a file whose bytes were landed before."""
        self.event("file_known", file=file_name)
        super().file_known(file_name)

    def finished(self) -> None:
        """Logs the end of the last stage."""
        self._stage_ended()
        self.record = replace(self.record, stage=None)
        super().finished()

    def checked(self, results: Sequence[CheckResult]) -> None:
        """Logs how many checks there were, and each that failed."""
        for result in results:
            if result.status == "failed":
                self.event(
                    "check_failed",
                    table=result.table_name,
                    check=result.check_name,
                    severity=result.severity,
                    failed=result.failed_count,
                    total=result.total_count,
                )
        self.event("checked", checks=len(results), failed=sum(result.status == "failed" for result in results))

    def published(self, published: Published, landing: Landing) -> None:
        """Keeps what the run published."""
        self.record = replace(
            self.record,
            state="published",
            exit_code=ExitCode.DONE if published.grade == "clean" else ExitCode.CAVEATS,
            run_id=published.run_id,
            grade=published.grade,
            grade_reasons=published.grade_reasons,
            counts={
                "delivery_number": landing.delivery_number,
                "episodes": published.episode_count,
                "flagged": published.flagged_count,
                "rows_set_aside": published.rejected_count,
            },
        )

    def failed(self, fault: StimauditError) -> None:
        """Keeps what the run stopped for."""
        self.record = _failed(self.record, fault)

    def _stage_ended(self) -> None:
        if self.record.stage is not None:
            seconds = round((self._clock() - self._stage_since).total_seconds(), 1)
            self.event("stage_finished", stage=self.record.stage, seconds=seconds)


@contextmanager
def recorded_run(out: Path, *, as_of: date, progress: Progress, clock: Callable[[], datetime]) -> Iterator[NightRecord]:
    """The record of the run inside, for which ``out`` is held: ``status.json`` and the log follow it to its end.

    Raises ``RunLockedError`` when another run holds ``out``; that start is logged and leaves the status of the other
    alone. A fault inside is recorded and goes on its way; a record that cannot be written (a full disk) stops nothing.
    """
    with ExitStack() as held:
        started_at = clock()
        try:
            held.enter_context(run_lock(out, since=started_at))
        except RunLockedError as fault:
            with run_log(out, clock=clock, may_rotate=False) as log:
                log.event("start_refused", {"exit_code": int(fault.exit_code)})
            raise
        log = held.enter_context(run_log(out, clock=clock, may_rotate=True))
        started = RunRecord("running", started_at, as_of=as_of, process=os.getpid())
        record = NightRecord(started, log=log, progress=progress, clock=clock)
        started_record(out, started)
        record.event("run_started", as_of=as_of.isoformat())
        try:
            yield record
        except StimauditError as fault:
            record.failed(stopped(fault) or fault)
            raise
        except BaseException as cause:
            message = f"The run was ended from outside ({type(cause).__name__}). Run again: nothing was lost."
            record.failed(stopped(cause) or StimauditError(message))
            raise
        finally:
            _finish(out, record.record, log, finished_at=clock())


def record_not_started(out: Path, fault: StimauditError, *, clock: Callable[[], datetime]) -> None:
    """Keeps that a run could not even start (a folder or setting that is not there), unless another one is running."""
    if not out.is_dir():
        return
    with suppress(StimauditError), run_lock(out, since=clock()), run_log(out, clock=clock, may_rotate=True) as log:
        now = clock()
        _finish(out, _failed(RunRecord("running", now, process=os.getpid()), fault), log, finished_at=now)


def _failed(record: RunRecord, fault: StimauditError) -> RunRecord:
    return replace(
        record,
        state="refused" if fault.exit_code == ExitCode.REFUSED else "failed",
        exit_code=int(fault.exit_code),
        message=str(fault),
    )


def _finish(out: Path, record: RunRecord, log: RunLog, *, finished_at: datetime) -> None:
    """Logs the end and writes the last state."""
    ended = replace(record, finished_at=finished_at)
    log.event(
        "run_finished",
        {
            "state": ended.state,
            "exit_code": ended.exit_code,
            "run_id": ended.run_id,
            "grade": ended.grade,
            "stage": ended.stage,
            "seconds": ended.seconds,
            "message": ended.message,
            **dict(ended.counts or {}),
        },
    )
    with suppress(OSError):
        write_record(out, ended)


def write_record(out: Path, record: RunRecord) -> None:
    """Writes ``status.json`` in one rename; raises ``OSError`` where it cannot, as on a full disk: the old stays."""
    published = last_publish(out / "published")
    content = record.as_json() | {"last_publish": published.as_json() if published else None}
    with suppress(IntegrityError):
        content["ends"] = {register: asdict(end) for register, end in ends(out).items()}
    write_file(out / STATUS_FILE, json_text(content).encode())


def started_record(out: Path, record: RunRecord) -> None:
    """Says in ``status.json`` that a run is at work, before it does anything.

    Where that cannot be written the run does not start, and no older status stays that would speak for it: no news is
    a reason to act. What cannot be written at the end of a run then leaves it as one that did not say how it ended.
    """
    try:
        write_record(out, record)
    except OSError as error:
        with suppress(OSError):
            (out / STATUS_FILE).unlink(missing_ok=True)
        message = (
            f"The run did not start, for its state cannot be written to {out / STATUS_FILE} ({error.strerror}). Make "
            "room or give the account the right to write there, and run again."
        )
        raise StimauditError(message) from None


def kept_ends(out: Path) -> dict[str, End]:
    """The ends of the registers of ``out`` as the last status has them; none where it has none."""
    try:
        return judge(dict[str, End], json.loads(read_file(out / STATUS_FILE)).get("ends", {}))
    except (OSError, ValueError, AttributeError):
        return {}


@record
@dataclass(frozen=True)
class _Status:
    """What of ``status.json`` is read again; ``seconds``, ``last_publish`` and the like follow from the rest."""

    state: RunState
    started_at_utc: datetime
    finished_at_utc: datetime | None
    as_of: date | None
    exit_code: int | None
    run_id: str | None
    grade: str | None
    grade_reasons: tuple[str, ...]
    stage: str | None
    message: str | None
    process: int | None
    counts: Mapping[str, int | None] | None
    format: int = UNMARKED


def read_record(out: Path) -> RunRecord | None:
    """The last run's record; none where there is none that can be read."""
    try:
        status = judge_json(_Status, read_file(out / STATUS_FILE), may_hold_more=True)
    except (OSError, RecordError):
        return None
    told = {name: value for name, value in vars(status).items() if not name.endswith("_utc") and name != "format"}
    return RunRecord(**told, started_at=status.started_at_utc, finished_at=status.finished_at_utc)


def last_publish(published: Path) -> LastPublish | None:
    """The audit in ``published`` as it says of itself; none where there is none that can be read."""
    if not (published / DATABASE_FILE).is_file():
        return None
    try:
        with open_any_published(published) as connection:
            [(run_id, as_of, finished_at, grade, reasons)] = connection.execute(
                "select run_id, as_of_date, finished_at_utc, grade, grade_reasons from run"
            ).fetchall()
    except (WarehouseError, ValueError, StimauditError):
        return None
    return LastPublish(run_id, as_of, finished_at.replace(tzinfo=UTC), grade, tuple(reasons))


def lock_holder(out: Path) -> str | None:
    """Who holds ``out`` (`process 4711, since ...`); none when it is free.

    It asks by taking the lock for some microseconds, shared with others who ask.
    """
    try:
        descriptor = os.open(out / LOCK_FILE, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "a process that just started"
    finally:
        os.close(descriptor)
    return None
