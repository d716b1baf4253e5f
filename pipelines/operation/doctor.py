"""Whether this machine and this output folder are fit for tonight: one line a check, each with what to do.

Reads only, and can be asked while a run is at work. No remark holds a member value.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from pipelines.ground.encryption import key_in_use
from pipelines.ground.errors import ExitCode, IntegrityError, KeyFaultError, StimauditError, UsageError
from pipelines.ground.files import PARTIAL
from pipelines.ground.formats import newer_than_ours
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.warehouse import WarehouseError, open_scratch, open_warehouse
from pipelines.intake.ledger import landed_files, parquet_path, read_ledger
from pipelines.operation.forms import found_forms
from pipelines.operation.known_feeds import feed_reach, last_profile, told_profile
from pipelines.operation.nightly import check_keys
from pipelines.operation.run_log import utc_text
from pipelines.operation.run_record import last_publish, lock_holder, read_record
from pipelines.operation.status import CLOCK_SLACK
from pipelines.proof.controls import ControlsFailedError, control_members
from pipelines.reports.letter_pdf import FACES, check_faces
from pipelines.reports.payer_words import payers_template
from pipelines.rule.policy import check_policies
from pipelines.rule.value_sets import check_value_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipelines.ground.program_files import Home


Fitness = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
INSTALL_AGAIN = "Make the environment again from requirements.lock; in a checkout `make demo` does."
LIBRARIES = ("duckdb", "great-expectations", "polars", "prefect", "sqlalchemy")
GIGABYTE = 10**9
# The bar of the product is 2 GB for a whole run; half of it is what DuckDB may take.
MEMORY_WANTED, MEMORY_NEEDED = 2 * GIGABYTE, GIGABYTE
# Landing writes about as much as a CSV delivery has, publishing builds beside what is published, and both need room.
DISK_PER_DELIVERED_BYTE, DISK_NEEDED = 3, GIGABYTE
REVIEW_DUE_DAYS = 60
STILL_CHANGING = timedelta(minutes=2)
PREFECT_WAIT_SECONDS = 5


@dataclass(frozen=True)
class Remark:
    """What one check found: ``ok``, ``warn`` (a run works, look soon) or ``fail`` (a run will not work)."""

    check: str
    state: Fitness
    found: str
    next_step: str = ""


@dataclass(frozen=True)
class Examination:
    """All remarks, in the order in which they were looked for."""

    remarks: tuple[Remark, ...]
    asked_at: datetime

    @property
    def exit_code(self) -> ExitCode:
        """0 all ok, 5 something to look at, 3 a run will not work."""
        states = {remark.state for remark in self.remarks}
        if "fail" in states:
            return ExitCode.REFUSED
        return ExitCode.CAVEATS if "warn" in states else ExitCode.DONE

    def lines(self) -> tuple[str, ...]:
        """A line a remark, what to do below it, and a count at the end."""
        lines = []
        for remark in self.remarks:
            lines.append(f"{remark.state:<5} {remark.check:<15} {remark.found}")
            if remark.next_step:
                lines.append(f"{'':<21} Do: {remark.next_step}")
        counts = {state: sum(remark.state == state for remark in self.remarks) for state in ("ok", "warn", "fail")}
        return (*lines, ", ".join(f"{count} {state}" for state, count in counts.items()) + ".")

    def as_json(self) -> dict[str, Any]:
        """The remarks as plain JSON values."""
        return {
            "asked_at_utc": utc_text(self.asked_at),
            "exit_code": int(self.exit_code),
            "findings": [asdict(remark) for remark in self.remarks],
        }


def doctor(
    out: Path,
    extracts: Path | None,
    *,
    here: Home,
    now: datetime,
    prefect_api_url: str | None = None,
    with_controls: bool = True,
) -> Examination:
    """Whether a run of the delivery in ``extracts`` into ``out`` would work at ``now``.

    ``extracts`` may be left out, and ``out`` need not exist yet. ``prefect_api_url`` is where the operator's Prefect
    server is; none where runs start a temporary one or go without. The control members take a second or two; with
    ``with_controls`` false they are left to the run, which audits them anyway.
    """
    checks: tuple[Callable[[], Iterable[Remark]], ...] = (
        _python,
        lambda: _libraries(here.lock),
        _database_engine,
        lambda: _encryption(out),
        _memory,
        lambda: _extracts(extracts, now=now),
        lambda: _output_folder(out),
        lambda: _disk(out, extracts),
        lambda: _lock(out),
        lambda: _last_run(out),
        lambda: _clock(out, now=now),
        lambda: _ledger(out / "landed"),
        lambda: _published(out / "published"),
        lambda: _forms(out),
        lambda: _feeds(out),
        lambda: _letter(out),
        lambda: _leftovers(out),
        lambda: _policies(here.sql / "policies", today=now.astimezone().date()),
        lambda: _value_sets(here.sql / "value_sets"),
        lambda: _controls(here.sql) if with_controls else (),
        lambda: _prefect(prefect_api_url),
    )
    return Examination(tuple(remark for check in checks for remark in check()), asked_at=now)


def _python() -> Iterator[Remark]:
    said = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Remark("python", "fail", said, f"Use Python 3.11 or newer. {INSTALL_AGAIN}")
    else:
        yield Remark("python", "ok", said)


def _libraries(lock: Path) -> Iterator[Remark]:
    """The libraries that do the work, against the versions that were tested together."""
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8")))
    different = []
    for name in LIBRARIES:
        try:
            installed = version(name)
        except PackageNotFoundError:
            step = INSTALL_AGAIN
            yield Remark("libraries", "fail", f"{name} is not installed", step)
            return
        if installed != locked.get(name):
            different.append(f"{name} {installed} (tested: {locked.get(name, 'none')})")
    if different:
        step = f"{INSTALL_AGAIN} Other versions may behave otherwise."
        yield Remark("libraries", "warn", "; ".join(different), step)
    else:
        yield Remark("libraries", "ok", ", ".join(f"{name} {locked[name]}" for name in LIBRARIES) + ", as tested")


def _database_engine() -> Iterator[Remark]:
    try:
        with open_scratch() as connection:
            connection.execute("select 1").fetchall()
    except (WarehouseError, OSError) as fault:
        step = INSTALL_AGAIN
        yield Remark("duckdb", "fail", f"DuckDB cannot start ({type(fault).__name__})", step)
    else:
        yield Remark("duckdb", "ok", "DuckDB starts and answers")


def _encryption(out: Path) -> Iterator[Remark]:
    """Whether data at rest are encrypted, with what it takes, and whether the key is that of ``out``."""
    try:
        with open_warehouse():
            check_keys(out)
    except IntegrityError:
        return  # the check of the ledger tells it
    except KeyFaultError as fault:
        yield Remark("encryption", "fail", str(fault), "See 'Encryption' in docs/operations.md.")
    except (StimauditError, WarehouseError) as fault:
        said = str(fault) if isinstance(fault, StimauditError) else f"DuckDB cannot start ({type(fault).__name__})"
        yield Remark("encryption", "fail", said, INSTALL_AGAIN)
    else:
        said = "No key: data at rest are in the clear, as the disk keeps them"
        yield Remark("encryption", "ok", said if key_in_use() is None else "A key is given, and opens what is there")


def _memory() -> Iterator[Remark]:
    free = _available_memory()
    if free is None:
        step = f"See that {_size(MEMORY_WANTED)} are free."
        yield Remark("memory", "warn", "This system does not say how much memory is free", step)
        return
    step = "End what else runs here, or set memory_limit in the configuration lower and expect a slower night."
    yield _room("memory", free, needed=MEMORY_NEEDED, wanted=MEMORY_WANTED, step=step)


def _room(check: str, free: int, *, needed: int, wanted: int, step: str) -> Remark:
    """Whether so many free bytes are what a run needs, and what it wants."""
    said = f"{_size(free)} free, {_size(wanted)} wanted"
    if free >= max(needed, wanted):
        return Remark(check, "ok", said)
    return Remark(check, "fail" if free < needed else "warn", said, step)


def _available_memory() -> int | None:
    """Bytes that a new process may take: what the system has, and what a container's limit leaves."""
    bounds = []
    meminfo = _text(Path("/proc/meminfo"))
    if meminfo and (found := re.search(r"MemAvailable:\s+(\d+) kB", meminfo)):
        bounds.append(int(found[1]) * 1024)
    limit, used = (_text(Path("/sys/fs/cgroup") / name) for name in ("memory.max", "memory.current"))
    if limit and used and limit.strip().isdigit():
        bounds.append(int(limit) - int(used))
    return min(bounds) if bounds else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _extracts(extracts: Path | None, *, now: datetime) -> Iterator[Remark]:
    if extracts is None:
        return
    if not extracts.is_dir():
        step = "Ask the sender, or name the right folder; see 'The delivery is late' in docs/operations.md."
        yield Remark("extracts", "fail", f"There is no folder {extracts}", step)
        return
    files = _files_below(extracts)
    unreadable = [path for path in files if not os.access(path, os.R_OK)]
    if not files:
        step = "Ask the sender; see 'The delivery is late' in docs/operations.md."
        yield Remark("extracts", "fail", f"{extracts} holds no file", step)
    elif unreadable:
        step = "Give the account that runs the audit the right to read them."
        yield Remark("extracts", "fail", f"{len(unreadable)} of {len(files)} files cannot be read", step)
    elif now.timestamp() - max(path.stat().st_mtime for path in files) < STILL_CHANGING.total_seconds():
        step = "Wait until the copy is done, then run."
        yield Remark("extracts", "warn", "A file changed within the last 2 minutes: it may still be copied", step)
    else:
        size = sum(path.stat().st_size for path in files)
        yield Remark("extracts", "ok", f"{len(files)} files, {_size(size)}")


def _files_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _output_folder(out: Path) -> Iterator[Remark]:
    if not out.exists():
        parent = _existing(out)
        if os.access(parent, os.W_OK):
            yield Remark("output folder", "ok", f"{out} is not there yet; the first run makes it")
        else:
            step = "Make it for the account that runs the audit."
            yield Remark("output folder", "fail", f"{out} is not there and cannot be made in {parent}", step)
        return
    places = [out, *(out / name for name in ("landed", "work", "publishes", "log"))]
    closed = [place.name for place in places if place.is_dir() and not os.access(place, os.W_OK | os.X_OK)]
    open_to_all = [
        str(path.relative_to(out))
        for path in (out / "published", out / "log", out / "work", out / "status.json")
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO
    ]
    if closed:
        step = "Give the account that runs the audit the right to write there; a read-only disk has to be mended first."
        yield Remark("output folder", "fail", f"Not writable: {', '.join(closed)}", step)
    elif open_to_all:
        step = "Take the rights of others away: `chmod -R o-rwx`. They hold what members' claims say."
        yield Remark("output folder", "warn", f"Open to everybody on this machine: {', '.join(open_to_all)}", step)
    else:
        yield Remark("output folder", "ok", f"{out} is writable and closed to others")


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.absolute().parents) if place.exists())


def _disk(out: Path, extracts: Path | None) -> Iterator[Remark]:
    free = shutil.disk_usage(_existing(out)).free
    delivered = sum(path.stat().st_size for path in _files_below(extracts)) if extracts and extracts.is_dir() else 0
    wanted = DISK_NEEDED + DISK_PER_DELIVERED_BYTE * delivered
    step = "Make room: see 'The disk is full' in docs/operations.md. Never delete below landed/."
    yield _room("disk", free, needed=DISK_NEEDED, wanted=wanted, step=step)


def _lock(out: Path) -> Iterator[Remark]:
    holder = lock_holder(out)
    if holder:
        step = "Wait for it; see 'A lock that does not go away' in docs/operations.md if it has stood for hours."
        yield Remark("lock", "warn", f"Held by {holder}", step)
    else:
        yield Remark("lock", "ok", "Free")


def _last_run(out: Path) -> Iterator[Remark]:
    record = read_record(out)
    if record is None:
        yield Remark("last run", "ok", "No run is recorded here yet")
    elif record.state == "running" and lock_holder(out) is None:
        yield Remark("last run", "warn", "It was killed before it could say how it ended", "Run again.")
    elif record.state == "running":
        yield Remark("last run", "ok", "At work now")
    elif record.state == "published":
        yield Remark("last run", "ok", f"Published {record.run_id}, exit code {record.exit_code}")
    else:
        step = "Ask `stimaudit status` what to do."
        yield Remark("last run", "warn", f"Did not publish, exit code {record.exit_code}", step)


def _clock(out: Path, *, now: datetime) -> Iterator[Remark]:
    publish, record = last_publish(out / "published"), read_record(out)
    seen = [moment for moment in (publish and publish.finished_at, record and record.started_at) if moment]
    if seen and max(seen) > now + CLOCK_SLACK:
        step = "Set the clock right before tonight: the run date comes from it."
        yield Remark("clock", "fail", f"It is {utc_text(now)}, and the last run is dated {utc_text(max(seen))}", step)
    else:
        yield Remark("clock", "ok", f"It is {utc_text(now)}")


def _ledger(landed: Path) -> Iterator[Remark]:
    try:
        deliveries = read_ledger(landed)
    except StimauditError as fault:
        yield Remark("ledger", "fail", str(fault), "See 'Restore from the landed history' in docs/operations.md.")
        return
    files = landed_files(deliveries)
    size = sum(file.parquet_bytes for _, file in files)
    said = f"{len(deliveries)} deliveries, {len(files)} landed files, {_size(size)}, all there in their size"
    refused = len(list((landed / "deliveries").glob("*.refused")))
    if refused:
        step = "See that a corrected one came; the next delivery takes the number over."
        yield Remark("ledger", "warn", f"{said}; a refused delivery ({refused}) waits for its correction", step)
    else:
        yield Remark("ledger", "ok", said)


def _published(published: Path) -> Iterator[Remark]:
    if not (published / DATABASE_FILE).is_file():
        yield Remark("published", "warn", "Nothing is published here yet", "Run `stimaudit run`.")
    elif (publish := last_publish(published)) is None:
        step = "See 'A wrong delivery was published' in docs/operations.md; a run makes it anew from what is landed."
        yield Remark("published", "fail", "The published database cannot be read", step)
    else:
        yield Remark("published", "ok", f"{publish.run_id}, grade {publish.grade}, opens read-only")


def _forms(out: Path) -> Iterator[Remark]:
    """In which forms the folder is written: an older one is brought up by a run, a newer one cannot be read."""
    forms = found_forms(out)
    if not forms:
        return
    said = ", ".join(f"{each.what} {each.form}" for each in forms)
    if any(newer_than_ours(each.what, each.form) for each in forms):
        step = "Use the version of stimaudit that wrote it, or a newer one."
        yield Remark("forms", "fail", f"{said}: a newer version wrote here", step)
    elif older := [each.what for each in forms if each.form < each.known]:
        step = "Nothing: the next run brings it up. Until then other commands refuse it in one sentence."
        yield Remark("forms", "warn", f"{said}; of an older version: {', '.join(older)}", step)
    else:
        yield Remark("forms", "ok", f"{said}, as this version writes them")


def _feeds(out: Path) -> Iterator[Remark]:
    """How far the feeds reach, and what the next delivery is held against."""
    profile, landed = last_profile(out / "history"), any((out / "landed" / "deliveries").glob("[0-9]*.json"))
    if reach := feed_reach(out / "published"):
        yield Remark("feeds reach", "ok", "; ".join(each.told() for each in reach))
    if profile is not None:
        yield Remark("last profile", "ok", told_profile(profile))
    elif landed:
        step = "Nothing: the next delivery is measured, and held against bounds that any payer's data keep."
        yield Remark("last profile", "warn", "None can be read, though deliveries have landed", step)


def _letter(out: Path) -> Iterator[Remark]:
    """What a letter needs: the program's fonts, and the payer's own words."""
    try:
        check_faces()
        payer = payers_template(out)
    except UsageError as fault:
        yield Remark("letter", "fail", str(fault).splitlines()[0], "Correct OUT/letter.toml, or move it away.")
    except StimauditError as fault:
        yield Remark("letter", "fail", str(fault), INSTALL_AGAIN)
    else:
        words = "the payer's words are filled" if payer else "its words are those of our example until OUT/letter.toml"
        yield Remark("letter", "ok", f"{len(FACES)} fonts are there; {words}")


def _leftovers(out: Path) -> Iterator[Remark]:
    """Files that a killed run left; a run at work needs its own."""
    if lock_holder(out) is not None:
        return
    left = [
        path
        for folder, pattern in (
            *((folder, f"*{PARTIAL}") for folder in ("publishes", ".", "landed/deliveries")),
            ("landed/partial", "*"),
            ("work", "*.tmp"),
            ("work", "run.duckdb.wal"),
        )
        for path in (out / folder).glob(pattern)
    ]
    try:
        named = {
            parquet_path(out / "landed", file.table_name, number, file.file_number)
            for number, file in landed_files(read_ledger(out / "landed"))
            if file.table_name
        }
        left += [path for path in (out / "landed").glob("*/*.parquet*") if path not in named]
    except StimauditError:
        pass  # the check of the ledger tells it
    if left:
        size = sum(path.stat().st_size for path in left if path.is_file())
        step = "Nothing: the next run makes them anew or never reads them."
        yield Remark("leftovers", "warn", f"{len(left)} files of a run that did not end, {_size(size)}", step)
    else:
        yield Remark("leftovers", "ok", "None")


def _policies(folder: Path, *, today: date) -> Iterator[Remark]:
    report = check_policies(folder, as_of=today, allow_overdue=True)
    overdue = [policy for policy in report.policies if policy.is_overdue(today)]
    soon = [policy for policy in report.policies if policy.is_overdue(today + timedelta(days=REVIEW_DUE_DAYS))]
    step = "Have its checker review the dossier and set next_review; see 'A policy is overdue' in docs/operations.md."
    if report.faults:
        yield Remark("policies", "fail", report.faults[0], "`stimaudit policy check` lists all faults.")
    elif overdue:
        said = ", ".join(f"{policy.id} was due on {policy.next_review}" for policy in overdue)
        yield Remark("policies", "fail", f"{said}: runs are refused", step)
    elif soon:
        yield Remark(
            "policies", "warn", ", ".join(f"{policy.id} is due on {policy.next_review}" for policy in soon), step
        )
    else:
        first = min(report.policies, key=lambda policy: policy.next_review)
        yield Remark("policies", "ok", f"{len(report.policies)} in force, the next review is due {first.next_review}")


def _value_sets(folder: Path) -> Iterator[Remark]:
    report = check_value_sets(folder)
    if report.is_sound:
        yield Remark("value sets", "ok", "Sound")
    else:
        step = "`stimaudit value-sets check` lists all faults; restore the file from the repository."
        yield Remark("value sets", "fail", f"{len(report.faults)} faults", step)


def _controls(sql: Path) -> Iterator[Remark]:
    try:
        result = control_members(sql)
    except ControlsFailedError as fault:
        step = "Take the last change back; `stimaudit test sql/controls` shows every difference."
        yield Remark("control members", "fail", f"{len(fault.differences)} differences: {fault.differences[0]}", step)
    except (StimauditError, WarehouseError, ValueError) as fault:
        step = "Restore sql/ from the repository."
        yield Remark("control members", "fail", f"They cannot be audited ({type(fault).__name__})", step)
    else:
        yield Remark("control members", "ok", f"All {result.total_count} come out as expected")


def _prefect(api_url: str | None) -> Iterator[Remark]:
    if api_url is None:
        said = "PREFECT_API_URL is not set: a run starts a temporary server for itself"
        yield Remark("prefect", "ok", said)
        return
    step = "Start the server (see 'Prefect' in docs/operations.md), or run with --no-prefect tonight."
    if urlsplit(api_url).scheme not in {"http", "https"}:
        yield Remark("prefect", "fail", "PREFECT_API_URL is no web address", step)
        return
    try:
        with urlopen(f"{api_url.rstrip('/')}/health", timeout=PREFECT_WAIT_SECONDS):  # noqa: S310 - the scheme is asked
            yield Remark("prefect", "ok", f"The server at {urlsplit(api_url).netloc} answers")
    except (URLError, OSError, ValueError):
        yield Remark("prefect", "fail", f"The server at {urlsplit(api_url).netloc} does not answer", step)


def _size(count: int) -> str:
    return f"{count / GIGABYTE:,.1f} GB" if count >= GIGABYTE // 10 else f"{count / 1e6:,.1f} MB"
