"""What a delivery holds that was not read, by name: files that are no extract, columns that nobody knows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.gates.validate import CheckResult
from pipelines.ground.near_names import near_file_name, near_name
from pipelines.intake.extracts import read_extract_tables
from pipelines.intake.folders import is_mark
from pipelines.intake.layouts.choice import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.intake.ledger import DeliveredFile


UNREAD_CHECKS = ("file_read", "column_read")
DATA_EXTENSIONS = (
    *EXTENSIONS,
    *(".tsv", ".psv", ".dat", ".xlsx", ".xls", ".orc", ".avro", ".arrow", ".feather", ".ndjson", ".jsonl", ".sas7bdat"),
    *(".gz", ".zst", ".zip", ".bz2", ".xz", ".7z", ".tar", ".tgz"),
)
"""How the name of a file ends that holds data, whatever comes before; of others (`.txt`, `.json`) the name decides."""
SHOWN = 20


def unread_results(files: Iterable[DeliveredFile], *, end_marker: str | None) -> tuple[CheckResult, ...]:
    """The two checks of ``UNREAD_CHECKS`` on the files of deliveries: each names all that was not read.

    They fail where it may have been meant to be read: a file that ends like data or is named almost like a table, a
    column that is written almost like one that its file lacks. ``end_marker`` is a file that is no extract on purpose.
    """
    delivered = [file for file in files if not is_mark(PurePosixPath(file.file_name).name)]
    return (
        _file_result([file for file in delivered if PurePosixPath(file.file_name).name != end_marker]),
        _column_result([file for file in delivered if file.fate == "landed"]),
    )


def _file_result(files: Sequence[DeliveredFile]) -> CheckResult:
    strangers = sorted({file.file_name for file in files if file.fate == "not_an_extract"})
    meant = {name: _meant_table(name) for name in strangers if _may_hold_data(name)}
    return _result(
        UNREAD_CHECKS[0],
        len(meant),
        len({file.file_name for file in files}),
        "Every file of a delivery is read, unless it holds no data.",
        [_perhaps(name, meant.get(name)) for name in strangers],
        "What these files hold is missing from the audit, and care that was given may look like care that was not. "
        "Name each <table>.<ext> or <table>_<anything>.<ext>, or leave it out.",
    )


def _column_result(files: Sequence[DeliveredFile]) -> CheckResult:
    tables = read_extract_tables()
    near: list[str | None] = []
    named: list[str] = []
    for file in files:
        columns = tables[file.table_name].columns if file.table_name else ()
        absent = [column.column_name for column in columns if column.column_name not in file.columns]
        for column in file.unknown_columns if file.layout == "canonical" else ():
            near.append(near_name(column, absent))
            named.append(_perhaps(f"{file.file_name}: {column}", near[-1]))
    return _result(
        UNREAD_CHECKS[1],
        sum(name is not None for name in near),
        sum(len(file.columns) + len(file.unknown_columns) for file in files),
        "Every column that was meant to be read has a name that is known.",
        sorted(set(named)),
        "A column under another name counts as not sent: a status, a modifier or a payer is then blank on every line. "
        "Rename it as sql/extracts.csv writes it.",
    )


def _result(check: str, failed: int, total: int, asked: str, named: Sequence[str], consequence: str) -> CheckResult:
    return CheckResult(
        check_name=check,
        severity="warning",
        table_name="delivered_file",
        failed_count=failed,
        total_count=total,
        status="failed" if failed else "passed" if total else "not_applicable",
        description=f"{asked} Not read: {_listed(named)}." if named else asked,
        consequence=consequence,
        told=f"Not read: {_listed(named)}.",
    )


def _may_hold_data(name: str) -> bool:
    return name.lower().endswith(DATA_EXTENSIONS) or _meant_table(name) is not None


def _meant_table(name: str) -> str | None:
    """The table that a file may be meant for, by its own name or by that of a folder above it."""
    path = PurePosixPath(name)
    tables = tuple(read_extract_tables())
    parts = [path.name.partition(".")[0], *(part.partition(".")[0] for part in reversed(path.parts[:-1]))]
    return next((table for part in parts if (table := near_file_name(part, tables))), None)


def _perhaps(name: str, near: str | None) -> str:
    return f"{name} (perhaps {near})" if near else name


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
