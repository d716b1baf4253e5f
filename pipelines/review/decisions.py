"""Decisions of named people: kept for ever, never changed, and carried over the nights while their evidence stands.

The store (`<out>/decisions`) holds one JSON-lines file an import, and the samples drawn (encrypted, with a key).
The program records and compares; an outcome exists only where a person has recorded one.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.ground.encryption import plain, protect, using_key
from pipelines.ground.errors import IntegrityError, UsageError
from pipelines.ground.files import make_folder, read_file, write_file
from pipelines.ground.registers import enter, enter_newest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.ground.encryption import Key


DECISION_SCHEMA: Mapping[str, pl.DataType] = {
    "decision_id": pl.String(),
    "import_number": pl.Int32(),
    "import_row": pl.Int32(),
    "decision_kind": pl.String(),
    "case_id": pl.String(),
    "episode_id": pl.String(),
    "review_outcome": pl.String(),
    "review_reason": pl.String(),
    "review_note": pl.String(),
    "assignee": pl.String(),
    "reviewer": pl.String(),
    "reviewer_credential": pl.String(),
    "licence_state": pl.String(),
    "decided_on": pl.Date(),
    "replaces_decision_id": pl.String(),
    "evidence_digest": pl.String(),
    "evidence_parts": pl.String(),
    "seen_run_id": pl.String(),
    "run_id": pl.String(),
    "outcome": pl.String(),
    "outcome_reason": pl.String(),
    "policy_id": pl.String(),
    "policy_version": pl.String(),
    "anchor_date": pl.Date(),
    "paid_amount": pl.Decimal(18, 2),
    "priority_score": pl.Decimal(4, 1),
    "first_flagged_date": pl.Date(),
    "recorded_at_utc": pl.Datetime("us"),
    "recorded_by": pl.String(),
    "import_sha256": pl.String(),
}
"""The columns of a decision: who, what, when, why, on which evidence, and how the case stood."""


def read_decisions(store: Path) -> pl.DataFrame:
    """One row per recorded decision, in the order of recording; no rows where nothing was ever recorded.

    Raises ``IntegrityError`` for an import that is missing from the row of numbers, or whose content is not what its
    name says.
    """
    rows: list[dict[str, Any]] = []
    for position, (path, content) in enumerate(_imports(store), start=1):
        rows += [_from_json(json.loads(line), position) for line in plain(content, path).decode("utf-8").splitlines()]
    return pl.DataFrame(rows, schema=dict(DECISION_SCHEMA), orient="row")


def check_decisions(store: Path) -> None:
    """Nothing where every import in the store is as it was written, else ``IntegrityError``; asks for no key."""
    for _ in _imports(store):
        pass


def _imports(store: Path) -> Iterator[tuple[Path, bytes]]:
    """The files of the store with their content, in order, each compared with its number and digest."""
    for position, path in enumerate(_numbered(store, "*.jsonl"), start=1):
        number, _, digest = path.stem.partition("-")
        content = read_file(path)
        if int(number) != position or hashlib.sha256(content).hexdigest()[:16] != digest:
            message = (
                f"The decisions in {store} are not as they were written: import {position} is missing or was changed. "
                "Recorded decisions are never edited. Restore the folder from its backup."
            )
            raise IntegrityError(message)
        yield path, content


def write_decisions(store: Path, decisions: Sequence[Mapping[str, Any]]) -> Path:
    """The new file of the store that holds the decisions of one import, written by rename.

    The caller holds the lock of the store. Each row has the columns of ``DECISION_SCHEMA`` but ``import_number``,
    which is the number of the file.
    """
    names = [name for name in DECISION_SCHEMA if name != "import_number"]
    lines = [json.dumps({name: to_json(decision[name]) for name in names}, ensure_ascii=True) for decision in decisions]
    return _write_import(store, ("\n".join(lines) + "\n").encode())


def carry_decisions(old: Path, store: Path, *, old_key: Key | None) -> int:
    """How many decisions of the store ``old``, which ``old_key`` opens, were written into the empty ``store``.

    They stand as they were recorded, import by import; only what encrypts them is another. The caller holds the lock of
    ``store``. Raises ``UsageError`` where it holds decisions, or ``old`` holds none.
    """
    with using_key(old_key):
        imports = [plain(content, path) for path, content in _imports(old)]
    if not imports or _numbered(store, "*.jsonl"):
        message = (
            f"Decisions are carried from a store that holds some ({old}) into one that holds none ({store}). Name the "
            "old output folder with --from and the new one with --out."
        )
        raise UsageError(message)
    for content in imports:
        _write_import(store, content)
    return sum(len(content.splitlines()) for content in imports)


def _write_import(store: Path, lines: bytes) -> Path:
    make_folder(store)
    number = len(_numbered(store, "*.jsonl")) + 1
    content = protect(lines)
    path = store / f"{number:06d}-{hashlib.sha256(content).hexdigest()[:16]}.jsonl"
    write_file(path, content)
    enter(store.parent, "decisions", [path])
    return path


def enter_recorded(store: Path) -> None:
    """Enters the newest import in its register, where the command that recorded it was killed before it did."""
    for path in _numbered(store, "*.jsonl")[-1:]:
        enter_newest(store.parent, "decisions", path)


def decision_id(content: Mapping[str, Any]) -> str:
    """The name of a decision, made of who decided what on which case and evidence; the same content, the same name."""
    text = json.dumps({name: to_json(value) for name, value in sorted(content.items())}, ensure_ascii=True)
    return f"D-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _numbered(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if path.stem.partition("-")[0].isdecimal())


def to_json(value: object) -> object:
    """A value as it stands in a decision's file: dates as ISO text, all else as it is."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _from_json(line: Mapping[str, Any], import_number: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: line.get(name) for name in DECISION_SCHEMA} | {"import_number": import_number}
    for name, kind in DECISION_SCHEMA.items():
        if row[name] is None:
            continue
        if isinstance(kind, pl.Decimal):
            row[name] = Decimal(row[name])
        elif isinstance(kind, pl.Datetime):
            row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=None)
        elif isinstance(kind, pl.Date):
            row[name] = date.fromisoformat(row[name])
    return row
