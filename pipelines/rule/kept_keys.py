"""Lists of keys: which members and claims a landed file names, so that a look-up passes by files that name none.

A list holds hashes of 32 bits, so it may lead to a file in vain, never past one. Without its list a file is looked
through; a night makes lists of so many rows, so that a first landing is not kept waiting for them.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from pipelines.ground.files import FILE_MODE, file_sha256
from pipelines.ground.warehouse import literal, one_column, parquet_format, read_parquet
from pipelines.intake.ledger import parquet_path
from pipelines.rule.kept_layers import KeyList, key_list_path, looked_through

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.intake.ledger import DeliveredFile
    from pipelines.rule.kept_layers import LandedFile


KEY_COLUMNS = {
    "medical_claim": ("member_id", "claim_id"),
    "pharmacy_claim": ("member_id",),
    "eligibility": ("member_id",),
    "prior_authorization": ("member_id",),
    "care_documentation": ("member_id",),
    "claim_diagnosis": ("claim_id",),
    "claim_procedure": ("claim_id",),
}
"""The columns by which rows of a table are looked up."""
LEAST_ROWS = 100_000
"""A file of fewer rows is looked through as quickly as its list."""
ROWS_A_NIGHT = 10_000_000
"""Of how many rows a night makes lists, or of one file."""


def hashed_by() -> str:
    """What the hashes of a list depend on."""
    return f"{version('duckdb')} {folded('member_id')}"


def folded(column: str) -> str:
    """SQL of what is the same for every spelling of a member: without case and leading zeros."""
    return f"ltrim(lower({column}), '0')"


def _key(column: str) -> str:
    """SQL of the key that a value has in a list: the same for every spelling of a member."""
    value = folded(column) if column == "member_id" else column
    return f"cast(hash({literal(column)}, {value}) >> 32 as uinteger)"


def files_to_list(files: Sequence[LandedFile], known: Iterable[KeyList]) -> list[LandedFile]:
    """The files that get their lists in this night, the newest first."""
    listed = {each.of for each in known}
    chosen: list[LandedFile] = []
    for number, file in reversed(files):
        is_listed = looked_through(number, file) in listed
        if is_listed or file.row_count < LEAST_ROWS or file.table_name not in KEY_COLUMNS:
            continue
        if chosen and sum(each.row_count for _, each in chosen) + file.row_count > ROWS_A_NIGHT:
            break
        chosen.append((number, file))
    return chosen


def new_key_list(connection: Connection, landed: Path, number: int, file: DeliveredFile) -> KeyList:
    """The list of the keys of a landed file, after it was written."""
    of = looked_through(number, file)
    source = read_parquet([parquet_path(landed, of.table_name, number, of.file_number)])
    named = [column for column in KEY_COLUMNS[of.table_name] if column in file.written_columns]
    keys = " union all ".join(f"select distinct {_key(column)} as key from {source}" for column in named)
    path = key_list_path(landed, of)
    nothing = "select null::uinteger as key where false"
    connection.execute(f"copy ({keys or nothing}) to {literal(path)} {parquet_format()}")
    path.chmod(FILE_MODE)
    return KeyList(of, hashed_by(), file_sha256(path))


def files_naming(
    connection: Connection,
    landed: Path,
    files: Sequence[LandedFile],
    key_lists: Iterable[KeyList],
    *,
    column: str,
    sought: str,
) -> list[LandedFile]:
    """Those of ``files`` that may name a value of ``column`` of the table ``sought``, and those without a list."""
    lists = {each.of: key_list_path(landed, each.of) for each in key_lists}
    asked = [lists[of] for number, file in files if (of := looked_through(number, file)) in lists]
    hits = set(
        one_column(
            connection,
            f"select distinct filename from {read_parquet(asked, 'filename = true')} "
            f"where key in (select {_key(column)} from {sought})",
        )
        if asked
        else ()
    )
    return [
        (number, file)
        for number, file in files
        if (of := looked_through(number, file)) not in lists or str(lists[of]) in hits
    ]
