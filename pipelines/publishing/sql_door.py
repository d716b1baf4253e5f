"""The auditors' door: one query to the published audit, read-only, without files, bounded, and written down.

The query runs in a process of its own (``pipelines.publishing.sql_child``) on a private link to the published file.
That it was asked is on disk before it starts, and how much was answered before any of it is shown (decision 0195).
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import select
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pipelines.ground.encryption import content_digest, key_in_use
from pipelines.ground.errors import StimauditError, UsageError
from pipelines.ground.files import make_folder, open_file, to_disk
from pipelines.ground.published_file import DATABASE_FILE, raise_if_written_to
from pipelines.publishing.sql_allowed import LONGEST_QUERY, NO_QUERY
from pipelines.publishing.sql_child import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime


LOG_FILE = "sql.jsonl"
WORKPLACE = "sql-"
"""How the name of a folder in ``<out>/work`` begins in which one query is answered."""
CHILD = "pipelines.publishing.sql_child"
KEPT_ENVIRONMENT = re.compile(r"PATH|LANG|LC_[A-Z]+|TZ|PYTHON[A-Z]+|LD_LIBRARY_PATH|DYLD_[A-Z_]+")
"""What the process that answers is told of the environment; no key and no setting of ours is among it."""
LOOK_SECONDS = 0.02
BESIDE_BUFFERS = 512 * 1024**2
"""What a process may hold in memory beside the engine's buffers."""
BESIDE_ROWS = 1024**2
"""What an answer may have in bytes beside its rows."""
SIZES = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@dataclass(frozen=True)
class Limits:
    """What one query may take: seconds, rows, bytes of rows, bytes in memory, bytes spilled to disk."""

    seconds: int = 300
    rows: int = 1_000_000
    bytes: int = 100 * 10**6
    memory: int = 10**9
    spill: int = 5 * 10**9


DEFAULT_LIMITS = Limits()
SECONDS, BYTES, MEMORY = "seconds", "bytes", "memory"
REACHED = {
    SECONDS: "took longer than {:,} seconds",
    "rows": "has more than {:,} rows",
    BYTES: "has more than {:,} bytes of rows",
    MEMORY: "needs more than {:,} bytes of memory",
}


@dataclass(frozen=True)
class Answer:
    """The rows of a query, with their column names."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Asker:
    """Who asks and why: the operating system's name of the account, what ``LOGNAME`` says, and the purpose given."""

    user: str
    logname: str | None = None
    purpose: str = ""


class _EndedError(Exception):
    """A query that was ended, or ended itself, without an answer: what is shown, and what is written down."""

    def __init__(self, told: str, reason: str) -> None:
        super().__init__(told)
        self.reason = reason


def size_of(text: str) -> int:
    """The bytes that a size such as `512MB` or `1.5 GiB` names."""
    number, unit = re.fullmatch(r"([0-9.]+)\s*([A-Za-z]+)", text).groups()  # type: ignore[union-attr]
    return int(float(number) * SIZES[unit])


def ask(
    out: Path,
    query: str,
    *,
    asker: Asker,
    asked_at: datetime,
    limits: Limits = DEFAULT_LIMITS,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """The rows that ``query`` gives on the audit published in ``out``; ``environment`` is where Python is found.

    Only one select over the audit is answered (``sql_allowed``). Two lines are added to ``<out>/log/sql.jsonl``: that
    it was asked, on disk before the query runs, and how it ended, with rows and bytes, on disk before this returns. The
    query stands there without its values, or not at all where it was refused, and with the digest of its full text.
    Raises ``UsageError`` where the query is not allowed, fails, or reaches one of ``limits``; nothing is answered then.
    """
    if not query.strip():
        raise UsageError(NO_QUERY)
    published = (out / "published").resolve()
    raise_if_written_to(published)
    record = _Record(out / "log", asker, query, asked_at, published.name)
    if len(query) > LONGEST_QUERY:
        message = f"The query is longer than {LONGEST_QUERY:,} characters, which is as much as is read."
        record.asked(None)
        record.ended("refused")
        raise UsageError(message)
    try:
        with _workplace(out, published) as folder:
            answer, byte_count = _answered(_order(query, folder, limits), limits, record, environment)
    except _EndedError as end:
        record.ended(end.reason)
        raise UsageError(_without(str(end), published)) from None
    except BaseException:
        record.ended("stopped")
        raise
    record.ended("answered", row_count=len(answer.rows), byte_count=byte_count)
    return answer


def _without(told: str, published: Path) -> str:
    """``told`` with the published file in place of the link to it that was opened."""
    return re.sub(rf"\S*/{WORKPLACE}[0-9a-f]+/{re.escape(DATABASE_FILE)}", str(published / DATABASE_FILE), told)


def _order(query: str, folder: Path, limits: Limits) -> Order:
    key = key_in_use()
    return Order(
        query=query,
        folder=str(folder),
        max_rows=limits.rows,
        max_bytes=limits.bytes,
        memory_bytes=limits.memory,
        spill_bytes=limits.spill,
        key=key.reveal() if key else None,
    )


def _answered(order: Order, limits: Limits, record: _Record, environment: Mapping[str, str]) -> tuple[Answer, int]:
    """The answer and the bytes of its rows; raises ``_EndedError`` where there is none."""
    names: Sequence[str] = ()
    rows: list[tuple[Any, ...]] = []
    with _Child(order, limits, environment) as child:
        for message in child.messages():
            match message["step"]:
                case "judged":
                    record.asked(message["record"])
                    child.may_run()
                case "names":
                    names = message["names"]
                case "rows":
                    rows += map(tuple, message["rows"])
                case "end":
                    return Answer(tuple(names), tuple(rows)), message["byte_count"]
                case "limit":
                    raise _reached(message["limit"], limits)
                case _:
                    raise _EndedError(message["told"], str(message.get("kind", "refused")))
    told = "The query ended the process that answers, so there is no answer. Nothing else was touched."
    raise _EndedError(told, "process ended")


def _reached(limit: str, limits: Limits) -> _EndedError:
    said = REACHED[limit].format(getattr(limits, limit))
    return _EndedError(
        f"The answer {said}, as much as is allowed (sql_{limit}). It was ended, and nothing of it is shown. "
        "Ask for less, or raise the setting.",
        f"limit of {limit}",
    )


@dataclass
class _Child:
    """The process that answers one order; it is ended hard when the block is left, whatever happened in it."""

    order: Order
    limits: Limits
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] = field(init=False)
    until: float = field(init=False)

    def __enter__(self) -> Self:
        kept = {name: value for name, value in self.environment.items() if KEPT_ENVIRONMENT.fullmatch(name)}
        self.until = time.monotonic() + self.limits.seconds
        self.process = subprocess.Popen(  # noqa: S603 - our own program, and no word of it was given by a person
            [sys.executable, "-P", "-m", CHILD],
            cwd=self.order.folder,
            env=kept | {"TMPDIR": self.order.folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._hand(json.dumps(asdict(self.order)))
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def may_run(self) -> None:
        """Says that the question is written down."""
        self._hand("")

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the process tells, until it ends; raises ``_EndedError`` where a limit is reached before."""
        heard, byte_count = b"", 0
        for part in self._heard():
            byte_count += len(part)
            if byte_count > self.limits.bytes + BESIDE_ROWS:
                raise _reached(BYTES, self.limits)
            *lines, heard = (heard + part).split(b"\n")
            yield from map(json.loads, lines)

    def _heard(self) -> Iterator[bytes]:
        pipe = self.process.stdout
        if pipe is None:
            return
        while True:
            if time.monotonic() > self.until:
                raise _reached(SECONDS, self.limits)
            if _resident(self.process.pid) > self.limits.memory + BESIDE_BUFFERS:
                raise _reached(MEMORY, self.limits)
            if select.select([pipe], [], [], LOOK_SECONDS)[0]:
                part = os.read(pipe.fileno(), BESIDE_ROWS)
                if not part:
                    return
                yield part

    def _hand(self, line: str) -> None:
        pipe = self.process.stdin
        if pipe is not None:
            with suppress(OSError):  # a process that ended has said so, or says nothing, which is told
                pipe.write(f"{line}\n".encode())
                pipe.flush()


def _resident(process: int) -> int:
    """The bytes that the process holds in memory; 0 where the system does not say so."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _workplace(out: Path, published: Path) -> Iterator[Path]:
    """A folder for one query with a link to the published file; it goes with the query, a left one with the next.

    The link is a second name of the file, or leads to it where it belongs to another account: what an engine would
    write beside its database, it writes here.
    """
    work = out / "work"
    folder = work / f"{WORKPLACE}{secrets.token_hex(8)}"
    try:
        _raise_if_link(work)
        held = _begin(work, folder)
    except OSError as error:
        message = f"The query was not asked, for no folder can be made in {work} ({error.strerror})."
        raise StimauditError(message) from None
    try:
        _link(published / DATABASE_FILE, folder / DATABASE_FILE)
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _begin(work: Path, folder: Path) -> int:
    """Makes ``folder`` and holds it by the descriptor that comes back; folders that nobody holds are removed before.

    One asker at a time: a folder that is made and not yet held would look like one that was left.
    """
    make_folder(work)
    turn = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _remove_left(work)
        make_folder(folder)
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(turn)
    return held


def _link(target: Path, link: Path) -> None:
    """Makes ``link`` a second name of ``target``, or a link that leads to it where the system allows no second name."""
    try:
        os.link(target, link)
    except OSError:
        link.symlink_to(target)


def _raise_if_link(folder: Path) -> None:
    """Nothing for a folder of ours, or none; ``OSError`` for a link, which would have us write elsewhere."""
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")


def _remove_left(work: Path) -> None:
    """Removes the folders of queries whose process was killed: nobody holds them any more."""
    for folder in work.glob(f"{WORKPLACE}*"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        with suppress(OSError):
            held = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)


class _Record:
    """What is written down of one query: that it was asked, and how it ended, a line each under the same number."""

    def __init__(self, folder: Path, asker: Asker, query: str, asked_at: datetime, publish: str) -> None:
        self._folder = folder
        self._number = secrets.token_hex(8)
        self._began = time.monotonic()
        self._is_asked = False
        self._facts = {
            "asked_at_utc": asked_at.isoformat(),
            "user": asker.user,
            "logname": asker.logname,
            "purpose": asker.purpose,
            "publish": publish,
            "query_sha256": content_digest(query.encode("utf-8", "replace")),
        }

    def asked(self, query: str | None) -> None:
        """Writes that the question was asked, with the ``query`` as it may be written down; none: it is refused."""
        self._is_asked = True
        self._write({"event": "asked", "number": self._number, **self._facts, "query": query})

    def ended(self, how: str, *, row_count: int | None = None, byte_count: int | None = None) -> None:
        """Writes how it ended; a question that was never let in is written down as asked first."""
        if not self._is_asked:
            self.asked(None)
        line = {"event": "answered" if how == "answered" else "not_answered", "number": self._number, "ended": how}
        seconds = round(time.monotonic() - self._began, 3)
        self._write({**line, "row_count": row_count, "byte_count": byte_count, "seconds": seconds})

    def _write(self, line: dict[str, Any]) -> None:
        """Adds one line in one write, so that two who ask at once do not mix theirs, and has it on disk."""
        try:
            _add_line(self._folder, json.dumps(line, ensure_ascii=True))
        except OSError as error:
            message = (
                f"The query cannot be written down in {self._folder / LOG_FILE} ({error.strerror}), and what is not "
                "written down is not answered."
            )
            raise StimauditError(message) from None


def _add_line(folder: Path, line: str) -> None:
    _raise_if_link(folder)
    make_folder(folder)
    path = folder / LOG_FILE
    is_new = not path.exists()
    descriptor = open_file(path, os.O_APPEND | os.O_NOFOLLOW)
    try:
        content = f"{line}\n".encode()
        if os.write(descriptor, content) != len(content):
            raise OSError(errno.ENOSPC, "the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        to_disk(folder)
