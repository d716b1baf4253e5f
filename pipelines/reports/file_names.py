"""Names of delivered files as a page for many eyes shows them: those of a known form, others by their number.

Whoever delivers names files and columns, and a name may hold a member's. A form is known where each part of the path is
a table's name, alone or with a part number or a date (decision 0196).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.reports.case_file import Row


_TABLE = "|".join(map(re.escape, words.FEEDS))
_COUNTED = r"(?:[_.-](?:part[_-]?)?[0-9]{1,4}|[_.-]20[0-9]{2}-?[0-9]{2}(?:-?[0-9]{2})?)"
KNOWN_FORM = re.compile(
    rf"(?:(?:{_TABLE})(?:\.parquet|\.csv)?/)?(?:(?:{_TABLE}){_COUNTED}?|part-[0-9]{{1,5}})(?:\.csv|\.csv\.gz|\.csv\.zst|\.parquet)",
    re.IGNORECASE,
)
NOT_READ = " Not read: "
"""Where the text of a check begins to name what was delivered; up to there it is ours."""


def shown_names(files: Iterable[Row]) -> Mapping[str, str]:
    """What is shown for the name of each file of ``files``, the newest delivery first: the name, or its number."""
    names: dict[str, str] = {}
    for file in files:
        number = f"file {file['file_number']} of delivery {file['delivery_number']}"
        name = file["file_name"]
        names.setdefault(name, name if KNOWN_FORM.fullmatch(name) else number)
    return names


def shown_name(names: Mapping[str, str], name: str | None) -> str:
    """What is shown for a file's name that a check or a row set aside gives; blank for none."""
    return names.get(name, "a file of another name") if name else ""


def without_names(text: str | None) -> str:
    """The text of a check without the names of what was delivered; it says where they are, and which check it is."""
    said, named, more = f" {text or ''}".partition(NOT_READ)
    check = more[more.rindex(" [") :] if " [" in more else ""
    return (f"{said} What was not read is named in audit.data_quality.{check}" if named else said).strip()
