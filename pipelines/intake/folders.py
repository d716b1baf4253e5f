"""What a delivery folder holds beside plain files: folders of part files, tables of other systems, marks of a writer.

Spark writes a table as a folder of part files. Such a folder is read as the table it is named after. Delta, Iceberg
and Hudi keep beside the part files a log that says which of them still hold: read without it, rows that were deleted
come back. Such a folder is refused.

See docs/contract.md 1.1, 1.8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.intake.layouts.choice import layout_by_name, split_name
from pipelines.intake.layouts.source import FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.intake.extracts import ExtractTable
    from pipelines.intake.layouts.projection import Layout


PART_FILE = re.compile(r"part-.*")
PARTITION_FOLDER = re.compile(r"(?P<column>[^=/]+)=.*")
DELTA_LOG, HUDI_FOLDER, ICEBERG_FOLDER, ICEBERG_METADATA = "_delta_log", ".hoodie", "metadata", "*.metadata.json"
UNFINISHED = "_temporary"


def is_mark(name: str) -> bool:
    """Whether a file of this name says something about other files: `_SUCCESS`, `_committed_1`, `.x.crc`, `.hidden`."""
    return name.startswith(("_", ".")) or name.lower().endswith(".crc")


def lake_table(folder: Path) -> str | None:
    """The system whose table ``folder`` is (Delta, Iceberg, Hudi), or None."""
    if (folder / DELTA_LOG).is_dir():
        return "Delta"
    if (folder / HUDI_FOLDER).is_dir():
        return "Hudi"
    if any((folder / ICEBERG_FOLDER).glob(ICEBERG_METADATA)):
        return "Iceberg"
    return None


def refuse_lake_table(system: str) -> FileRefusedError:
    """Why a table of ``system`` is not read, and what to export instead."""
    cause = f"This folder is a {system} table: its log says which of its files still hold, and nothing here reads it."
    remedy = (
        "Export what the table holds now as plain Parquet or CSV (in Spark: read it by its format, then "
        "`write.parquet`), into a folder or file named after its table, and deliver that."
    )
    return FileRefusedError(cause, remedy)


def layout_by_folder(extracts: Path, path: Path, tables: Mapping[str, ExtractTable]) -> Layout | None:
    """The layout of a part file: that of the folder which holds it, named `<table>`, with an extension or without.

    Folders such as `year=2025` may lie between. Raises ``FileRefusedError`` where one of them stands for a known
    column, because the part files lack it, and where the folder is still being written.
    """
    if not PART_FILE.fullmatch(path.name.lower()):
        return None
    columns: list[str] = []
    folder = path.parent
    while (partition := PARTITION_FOLDER.fullmatch(folder.name)) and folder != extracts:
        columns.append(partition["column"].lower())
        folder = folder.parent
    if folder == extracts:
        return None
    stem, _ = split_name(folder.name) or (folder.name.lower(), "")
    layout = layout_by_name(stem, tables)
    if layout is None:
        return None
    if (folder / UNFINISHED).is_dir():
        cause = f"Its folder is still being written, or the writing broke off: it holds {UNFINISHED}."
        raise FileRefusedError(cause, "Deliver the folder when it is complete.")
    if held := [column for column in columns if column in layout.known_columns((column,))]:
        cause = f"Its folder names hold the column {held[0]}, which the part files lack."
        raise FileRefusedError(cause, "Write the table without partitions by a column that is read.")
    return layout
