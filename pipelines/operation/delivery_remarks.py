"""What a person should know of a delivery as such: doubled, late, with files that hold nothing or were not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.operation.unread import UNREAD_CHECKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.gates.validate import CheckResult
    from pipelines.intake.land import Landing


SHOWN = 5
TOLD_AS_REMARKS = (*UNREAD_CHECKS, "delivery_not_late")
"""Checks whose failure is a remark of its own."""


def delivery_remarks(landing: Landing, check_results: Sequence[CheckResult] = ()) -> tuple[str, ...]:
    """A sentence for each thing to know of the delivery that ``landing`` tells of; none for an ordinary one.

    ``check_results`` are those of the same run, of which the failed ones on deliveries are said in words.
    """
    extracts = {file.file_name: file for file in landing.files if file.fate != "not_an_extract"}
    again = [name for name, file in extracts.items() if file.fate == "already_landed"]
    empty = [name for name, file in extracts.items() if file.fate == "landed" and file.source_row_count == 0]
    remarks = []
    if not extracts:
        remarks.append("The delivery holds no extract file. The audit is of what was landed before.")
    elif len(again) == len(extracts):
        remarks.append(
            f"All {len(again):,} files of the delivery were landed before. Nothing is new; the audit is of what was "
            "landed before."
        )
    elif again:
        remarks.append(f"Landed before, and skipped: {_listed(again)}.")
    if empty:
        remarks.append(f"A header and no rows: {_listed(empty)}.")
    remarks += [
        f"Not so: {result.description} {result.consequence}"
        for result in check_results
        if result.check_name == "delivery_not_late" and result.status == "failed"
    ]
    remarks += [
        f"{result.description} {result.consequence}" if result.status == "failed" else result.description
        for result in check_results
        if result.check_name in UNREAD_CHECKS and "Not read:" in result.description
    ]
    return tuple(remarks)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
