"""The form of a sample: its cases as rows that reviewers fill in and send back, as a workbook or as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from pipelines.ground.errors import UsageError
from pipelines.ground.files import offer_folder, partial_path, swap_in, write_file
from pipelines.reports.workbook import COLUMNS, SheetColumn, harmless
from pipelines.reports.workbook import write_form as write_workbook_form
from pipelines.review.case_review import episodes_with_evidence, published_review, signature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.review.sample import Sample

FORM_SUFFIXES = (".xlsx", ".csv")
KIND_OF_STRATUM: Mapping[str, str] = {"second_level": "second_review"}
"""What is decided about the cases of a stratum where it is not a review."""
_OF_THE_WORKLIST: Mapping[str, SheetColumn] = {column.name: column for column in COLUMNS}
_INPUTS = tuple(column for column in COLUMNS if column.kind == "input")
FORM_COLUMNS: tuple[SheetColumn, ...] = (
    _OF_THE_WORKLIST["case_id"],
    SheetColumn("stratum", "text", 18, "Why the case was drawn: second_level, lower_ranked_flag or not_flagged"),
    SheetColumn("outcome", "text", 14, "Outcome of the audit"),
    SheetColumn("outcome_reason", "text", 28, "The reason for the outcome, a closed word"),
    _OF_THE_WORKLIST["service_date"],
    _OF_THE_WORKLIST["paid_amount"],
    _OF_THE_WORKLIST["last_decision"],
    *_INPUTS,
    *(_OF_THE_WORKLIST[name] for name in ("episode_id", "run_id", "row_hash", "decision_seen")),
)
_PLACE: Mapping[str, int] = {column.name: place for place, column in enumerate(FORM_COLUMNS)}


def form_rows(connection: Connection, store: Path, sample: Sample) -> list[dict[str, Any]]:
    """One row per case of the sample, in its order, with the cells of ``FORM_COLUMNS``; what is open is blank."""
    evidence = {row["episode_id"]: row for row in episodes_with_evidence(connection).iter_rows(named=True)}
    reviews = {row["episode_id"]: row for row in published_review(connection, store).iter_rows(named=True)}
    rows = []
    for case in sample.cases:
        episode, review = evidence[case.episode_id], reviews.get(case.episode_id, {})
        decided = review.get("decision_id")
        told = f"{review['review_outcome']} by {signature(review)} on {review['decided_on']}" if decided else None
        rows.append(
            {column.name: episode.get(column.name) for column in FORM_COLUMNS}
            | dict.fromkeys(column.name for column in _INPUTS)
            | {
                "stratum": case.stratum,
                "service_date": episode["anchor_date"],
                "last_decision": told,
                "decision_kind": KIND_OF_STRATUM.get(case.stratum, "review"),
                "run_id": sample.run_id,
                "row_hash": episode["evidence_digest"],
                "decision_seen": decided,
            }
        )
    return rows


def form_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The form as CSV: a header, then a line a case."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_PLACE)
    for row in rows:
        writer.writerow(["" if row[name] is None else harmless(str(row[name])) for name in _PLACE])
    return text.getvalue()


def write_form(path: Path, rows: Sequence[Mapping[str, Any]], *, as_of: date) -> None:
    """Writes the form to ``path``, a workbook or a CSV by its name; raises ``UsageError`` for another name."""
    if path.suffix.lower() not in FORM_SUFFIXES:
        message = (
            f"The form {path} is neither a workbook nor a CSV: end its name with one of {', '.join(FORM_SUFFIXES)}."
        )
        raise UsageError(message)
    offer_folder(path.parent)
    if path.suffix.lower() == ".csv":
        write_file(path, form_csv(rows).encode())
        return
    part = partial_path(path)
    write_workbook_form(part, FORM_COLUMNS, rows, as_of=as_of)
    swap_in(part, path)
