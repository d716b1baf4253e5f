"""Repeats: rows of a delivery that are equal in all columns to a later row of it.

See docs/contract.md 1.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.ground.warehouse import identifier, read_parquet
from pipelines.intake.ledger import ROW_NUMBERS, parquet_path, paths_by_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.ground.warehouse import Connection
    from pipelines.intake.extracts import ExtractTable
    from pipelines.intake.ledger import DeliveredFile


ROWS_A_PARTITION = 20_000_000
WRITTEN_HASHES = 1000


def repeats(
    connection: Connection, landed: Path, delivery_number: int, table: ExtractTable, files: Sequence[DeliveredFile]
) -> Iterator[tuple[int, int]]:
    """(file number, repeats) per file and partition of the hashes; candidates by hash, confirmed on all columns."""
    paths = [parquet_path(landed, table.table_name, delivery_number, file.file_number) for file in files]
    # Shape by shape: what `union_by_name` keeps of a footer forgets its key (DuckDB 1.5.5).
    shapes = paths_by_shape(landed, table.table_name, [(delivery_number, file) for file in files])
    every_column = " union all by name ".join(f"from {read_parquet(of, ROW_NUMBERS)}" for of in shapes.values())
    columns = {name for file in files for name in file.written_columns}
    equal = ", ".join(identifier(column.column_name) for column in table.columns if column.column_name in columns)
    derived = any(file.has_source_row for file in files)
    place = "coalesce(source_row, file_row_number)" if derived else "file_row_number"
    partitions = sum(file.row_count for file in files) // ROWS_A_PARTITION + 1
    for partition in range(partitions):
        share = (
            f"row_faults is null and row_hash % {partitions} = {partition}" if partitions > 1 else "row_faults is null"
        )
        if not _name_candidates(connection, paths, share):
            continue
        rows = connection.execute(
            "select file_number, count(*) from ("
            f"select file_number, row_number() over (partition by {equal} order by file_number desc, {place} desc, "
            f"file_row_number desc) as copy from ({every_column}) as landed_row "
            f"where {share} and row_hash in (select row_hash from candidate)"
            ") as candidate_row where copy > 1 group by file_number order by file_number"
        ).fetchall()
        yield from ((int(file_number), int(count)) for file_number, count in rows)


def _name_candidates(connection: Connection, paths: Sequence[Path], share: str) -> bool:
    """Makes the table `candidate` of the hashes that several rows have; false, and no table, where there are none."""
    found = connection.execute(f"select row_hash from {read_parquet(paths)} where {share}").fetchnumpy()["row_hash"]
    hashes: NDArray[np.uint64] = np.asarray(found)
    hashes.sort()
    candidates = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not candidates.size:
        return False
    if candidates.size > WRITTEN_HASHES:
        connection.register("candidate_rows", pa.table({"row_hash": candidates}))
        connection.execute("create or replace temp table candidate as from candidate_rows")
        connection.unregister("candidate_rows")
        return True
    # A few stand in the SQL, for to hand over arrays costs a process an import.
    rows = f"select unnest([{', '.join(map(str, candidates.tolist()))}]::ubigint[]) as row_hash"
    connection.execute(f"create or replace temp table candidate as {rows}")
    return True
