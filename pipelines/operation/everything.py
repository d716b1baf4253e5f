"""Everything below an output folder: who lists which file, so that what nobody lists is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.ground.errors import IntegrityError
from pipelines.ground.files import OTHERS_MASK, PARTIAL, fault_of
from pipelines.ground.registers import REGISTERS, read_register, register_path
from pipelines.ground.run_lock import LOCK_FILE
from pipelines.intake.ledger import landed_files, parquet_path, read_ledger
from pipelines.operation.run_log import LOG_FILE, LOG_FOLDER
from pipelines.operation.run_record import STATUS_FILE
from pipelines.publishing.history import cases_path, input_path, read_history
from pipelines.publishing.publishes import PUBLISHED_LINK, PUBLISHES_FOLDER
from pipelines.publishing.sql_door import LOG_FILE as QUERIES_FILE
from pipelines.reports.payer_words import PAYERS_TEMPLATE
from pipelines.rule.kept_layers import kept_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


OWN_FOLDERS = (PUBLISHES_FOLDER, "work", LOG_FOLDER)
"""Folders that are looked at elsewhere (publishes) or hold nothing that lasts."""
OTHER_FILES = re.compile(
    rf"{re.escape(LOCK_FILE)}|decisions/{re.escape(LOCK_FILE)}|{re.escape(STATUS_FILE)}|{re.escape(PAYERS_TEMPLATE)}|"
    r"landed/deliveries/[0-9]{6}\.(json|refused)"
)
"""Files that no register lists: locks, the last status, the payer's words, manifests of deliveries."""
LOGS = re.compile(rf"{re.escape(LOG_FILE)}(\.[0-9]+)?|{re.escape(QUERIES_FILE)}")
"""The log of runs with its older parts, and the record of queries."""


def strangers(out: Path) -> list[str]:
    """A sentence for each file, link or folder below ``out`` that nobody lists, or that others may read."""
    known = set(_known(out))
    folders = {parent for path in known for parent in path.parents} | {out / name for name in OWN_FOLDERS}
    folders |= {out / name for name in ("landed", "history", "decisions", "letters")}
    refused = _refused_files(out)
    faults = []
    for path in sorted(_below(out)):
        name = path.relative_to(out).as_posix()
        if path == out / PUBLISHED_LINK and path.is_symlink():
            continue
        if path.is_symlink():
            faults.append(f"{path} is a link, and none of ours stands there.")
        elif path.is_dir():
            if path not in folders and not _is_place(name):
                faults.append(f"{path} is a folder that stimaudit did not make.")
        elif path not in known and not OTHER_FILES.fullmatch(name) and name not in refused:
            faults.append(f"{path} is listed by nobody.")
        if not path.is_symlink() and path.stat().st_mode & OTHERS_MASK:
            faults.append(f"{path} is open to others, or its group may write to it.")
    return faults


def register_faults(out: Path) -> tuple[int, list[str]]:
    """How many files the registers list, and a sentence for each that is gone or was changed."""
    count, faults = 0, []
    for register in REGISTERS:
        try:
            entered = read_register(out, register) or ()
        except IntegrityError as fault:
            faults.append(str(fault))
            continue
        count += len(entered)
        faults += [wrong for each in entered if (wrong := fault_of(out / each.name, each.sha256))]
    return count, faults


def _below(out: Path) -> Iterator[Path]:
    """All that lies below ``out`` but what is looked at elsewhere; links are not followed."""
    for path in out.iterdir():
        yield path
        if path.is_dir() and not path.is_symlink() and path.name not in OWN_FOLDERS:
            yield from _deep(path)
    log = out / LOG_FOLDER
    if log.is_dir() and not log.is_symlink():
        yield from (path for path in log.iterdir() if not LOGS.fullmatch(path.name))


def _deep(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _deep(path)


def _is_place(name: str) -> bool:
    """Whether a folder of ours may be there without a file in it."""
    return (
        re.fullmatch(
            r"landed/[a-z_]+|landed/kept/keys|history/(runs|cases|inputs|profiles|outcomes|registers)|decisions/samples",
            name,
        )
        is not None
    )


def _known(out: Path) -> Iterator[Path]:
    for register in REGISTERS:
        yield register_path(out, register)
        try:
            entered = read_register(out, register)
        except IntegrityError:
            entered = None
        if entered is None:
            yield from out.glob(REGISTERS[register])
        else:
            yield from (out / each.name for each in entered)
    try:
        entries = read_history(out / "history")
        for entry in entries:
            yield cases_path(out / "history", entry.run_number)
            yield from (input_path(out / "history", kept.sha256) for kept in entry.inputs)
    except IntegrityError:
        yield from (path for path in (out / "history").rglob("*") if path.is_file())
    try:
        for number, file in landed_files(read_ledger(out / "landed")):
            yield parquet_path(out / "landed", file.table_name or "", number, file.file_number)
        yield from kept_files(out / "landed")
    except IntegrityError:
        yield from (path for path in (out / "landed").rglob("*") if path.is_file())


def _refused_files(out: Path) -> frozenset[str]:
    """The files of deliveries that a check refused: they wait for the correction, which writes over them."""
    numbers = {path.stem for path in (out / "landed" / "deliveries").glob("*.refused")}
    return frozenset(
        path.relative_to(out).as_posix()
        for number in numbers
        for path in (out / "landed").glob(f"*/{number}-*.parquet")
        if not path.name.endswith(PARTIAL)
    )
