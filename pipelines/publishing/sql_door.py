"""The auditors' door: one query to the published audit, read-only, without files, and written down."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import UsageError
from pipelines.ground.files import make_folder, open_file
from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import WarehouseError, masked_query

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


LOG_FILE = "sql.jsonl"

# Faults in a query itself: their text names tables and columns. Others quote data.
QUERY_FAULTS = frozenset({"BinderException", "CatalogException", "ParserException", "SyntaxException"})
NOT_ALLOWED = frozenset({"PermissionException", "InvalidInputException", "NotImplementedException"})


NO_QUERY = (
    'There is no query in what was given. Ask one, such as "from audit.finding"; a dash reads it from standard input. '
    "`stimaudit dictionary` names the tables."
)


@dataclass(frozen=True)
class Answer:
    """The rows of a query, with their column names."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def ask(out: Path, query: str, *, user: str, purpose: str, asked_at: datetime) -> Answer:
    """The rows that ``query`` gives on the audit published in ``out``.

    The connection is read-only, has no way to files, extensions or the network, and its settings are locked. Who asked,
    why and what is added to ``<out>/log/sql.jsonl``, also when nothing comes back: the query without its values
    (literals and comments are left out, and all of a query that failed), and the digest of its full text. Raises
    ``UsageError`` when the query cannot be read, is not allowed, or fails on the data.
    """
    told: str | None = None
    answer = Answer((), ())
    with open_published(out / "published") as connection:
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            if not connection.extract_statements(query):
                raise UsageError(NO_QUERY)
            cursor = connection.execute(query)
            names = tuple(column[0] for column in cursor.description or [])
            answer = Answer(names, tuple(cursor.fetchall()))
        except WarehouseError as fault:
            kind = type(fault).__name__
            if kind in QUERY_FAULTS:
                told = f"The query cannot be read: {fault}"
            elif kind in NOT_ALLOWED:
                told = f"The query asks for something that is not allowed here ({kind}): it may only read the audit."
            else:
                told = f"The query failed on the data ({kind}). The cause is not shown, for it may quote a member."
    _write_down(
        out / "log",
        {
            "asked_at_utc": asked_at.isoformat(),
            "user": user,
            "purpose": purpose,
            "query": None if told else masked_query(query),
            "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
            "row_count": None if told else len(answer.rows),
            "is_answered": told is None,
        },
    )
    if told is not None:
        raise UsageError(told)
    return answer


def _write_down(folder: Path, line: dict[str, Any]) -> None:
    """Adds one line in one write, so that two who ask at once do not mix theirs."""
    make_folder(folder)
    descriptor = open_file(folder / LOG_FILE, os.O_APPEND)
    try:
        os.write(descriptor, (json.dumps(line, ensure_ascii=True) + "\n").encode())
    finally:
        os.close(descriptor)
