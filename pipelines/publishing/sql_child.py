"""The process behind the auditors' door: it opens a private link to the published file, and answers one query.

``python -m pipelines.publishing.sql_child`` reads an order from its standard input, a line of JSON: the query, the
folder with the link, the limits, and the key. It judges the query, waits for a line that says that the question is
written down, and writes the answer as lines of JSON. It ends when its input does, so that none outlives who asked.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines.ground.encryption import Key, using_key
from pipelines.ground.errors import StimauditError
from pipelines.ground.published_file import DATABASE_FILE
from pipelines.ground.warehouse import WarehouseError, literal, open_warehouse
from pipelines.publishing.sql_allowed import NotAllowedError, judge, known_names, record_of, told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.ground.warehouse import Connection
    from pipelines.publishing.sql_allowed import Known


ROWS_AT_ONCE = 1000
LONGEST_TOLD = 600
SPILL_FOLDER = "spill"
PLAIN_VALUES = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Order:
    """One question: the query, the folder with the link, its limits and, for an encrypted audit, the key's text."""

    query: str
    folder: str
    max_rows: int
    max_bytes: int
    memory_bytes: int
    spill_bytes: int
    key: str | None = None

    def __repr__(self) -> str:
        return "Order(not shown)"


def answer(order: Order, *, tell: Callable[[dict[str, Any]], None], may_ask: Callable[[], None]) -> None:
    """Tells of the query in ``order``, a message a step: how it is written down and whether it may run, then its rows.

    ``may_ask`` comes back when the question is written down; nothing is read before.
    """
    with open_locked(order) as connection:
        answer_on(connection, known_names(connection), order, tell=tell, may_ask=may_ask)


def answer_on(
    connection: Connection,
    known: Known,
    order: Order,
    *,
    tell: Callable[[dict[str, Any]], None],
    may_ask: Callable[[], None],
) -> None:
    """As ``answer``, on a connection that is open."""
    try:
        judge(connection, order.query, known)
    except NotAllowedError as refusal:
        tell({"step": "refused", "told": printable(str(refusal))})
        return
    tell({"step": "judged", "record": record_of(order.query, known)})
    may_ask()
    try:
        for message in _rows(connection, order):
            tell(message)
    except WarehouseError as fault:
        tell({"step": "failed", "kind": type(fault).__name__, "told": printable(told_of(fault, order.query, known))})


def open_locked(order: Order) -> Connection:
    """A read-only connection to the link in the folder of ``order``: no way out of it, and no setting to be changed."""
    folder = Path(order.folder)
    connection = open_warehouse(
        folder / DATABASE_FILE,
        read_only=True,
        memory_limit=f"{order.memory_bytes}B",
        temp_directory=folder / SPILL_FOLDER,
    )
    for statement in (
        "use audit",
        f"set max_temp_directory_size = {literal(f'{order.spill_bytes}B')}",
        "set python_enable_replacements = false",
        "set python_scan_all_frames = false",
        "set allow_community_extensions = false",
        "set enable_logging = false",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def _rows(connection: Connection, order: Order) -> Iterator[dict[str, Any]]:
    """The names of the columns, the rows some at a time, and the end; a limit that is reached ends them."""
    cursor = connection.execute(order.query)
    yield {"step": "names", "names": [column[0] for column in cursor.description or []]}
    row_count = byte_count = 0
    while found := cursor.fetchmany(ROWS_AT_ONCE):
        rows = [[plain(cell) for cell in row] for row in found]
        row_count += len(rows)
        byte_count += len(json.dumps(rows, separators=(",", ":")))
        if row_count > order.max_rows or byte_count > order.max_bytes:
            yield {"step": "limit", "limit": "rows" if row_count > order.max_rows else "bytes"}
            return
        yield {"step": "rows", "rows": rows}
    yield {"step": "end", "row_count": row_count, "byte_count": byte_count}


def plain(cell: object) -> object:
    """``cell`` as JSON holds it: numbers, texts, lists and tables as they are, all else as its text."""
    if isinstance(cell, PLAIN_VALUES):
        return cell
    if isinstance(cell, (list, tuple)):
        return [plain(each) for each in cell]
    if isinstance(cell, dict):
        return {str(name): plain(each) for name, each in cell.items()}
    return str(cell)


def printable(text: str) -> str:
    """``text`` on one line as a terminal takes it: what a query writes may not forge lines or move the cursor."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= LONGEST_TOLD else f"{shown[:LONGEST_TOLD]} ..."


def bound_process(order: Order) -> None:
    """No core dump, which would hold rows and key, and no file that is larger than all that may be spilled."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    wanted = order.spill_bytes if most == resource.RLIM_INFINITY else min(order.spill_bytes, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (wanted, most))


def watch(control: IO[bytes], folder: Path, written_down: threading.Event) -> None:
    """Waits for the line that says that the question is written down; when the input ends, so does the process."""
    if control.readline():
        written_down.set()
        control.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def main() -> None:
    """Reads the order, answers it, and ends without a word of its own: standard output and error lead nowhere."""
    control = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    order = Order(**json.loads(control.readline()))
    bound_process(order)
    written_down = threading.Event()
    threading.Thread(target=watch, args=(control, Path(order.folder), written_down), daemon=True).start()

    def tell(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        answers.flush()

    def may_ask() -> None:
        written_down.wait()

    with suppress(OSError), using_key(Key(order.key) if order.key else None):
        try:
            answer(order, tell=tell, may_ask=may_ask)
        except (StimauditError, WarehouseError) as fault:
            tell({"step": "failed", "kind": type(fault).__name__, "told": _unopened(fault)})
    os._exit(0)


def _unopened(fault: Exception) -> str:
    if isinstance(fault, StimauditError):
        return str(fault)
    return (
        f"The published audit cannot be opened ({type(fault).__name__}). `stimaudit verify` says what is wrong with it."
    )


if __name__ == "__main__":
    main()
