"""Which layout a delivered file has: asked by its name first, then by its columns.

A new layout is a module beside this one and a line in each of the two questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.intake.layouts import canonical, desynpuf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.intake.extracts import ExtractTable
    from pipelines.intake.layouts.projection import Layout


EXTENSIONS = (".csv", ".csv.gz", ".csv.zst", ".parquet")


def split_name(file_name: str) -> tuple[str, str] | None:
    """The stem and the extension of a file name in lower case, or None when no reader takes it."""
    name = file_name.lower()
    for extension in EXTENSIONS:
        if name.endswith(extension):
            return name.removesuffix(extension), extension
    return None


def layout_by_name(stem: str, tables: Mapping[str, ExtractTable]) -> Layout | None:
    """The layout that claims a file by its name alone."""
    return canonical.layout_by_name(stem, tables) or desynpuf.layout_by_name(stem)


def layout_by_header(stem: str, header: tuple[str, ...]) -> Layout | None:
    """The layout that claims a file by its columns, whatever its name."""
    return desynpuf.layout_by_header(stem, header)
