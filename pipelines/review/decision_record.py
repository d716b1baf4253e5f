"""One decision recorded as it is given, without a file: judged as a filled row of the worklist would be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.ground.errors import UsageError
from pipelines.ground.near_names import unknown_name
from pipelines.ground.published_file import open_published
from pipelines.review.case_review import episodes_with_evidence
from pipelines.review.decision_import import FILLED_COLUMNS, KEY_COLUMNS, OPTIONAL_COLUMN, Cells, take_in
from pipelines.review.decisions import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from pipelines.ground.warehouse import Connection
    from pipelines.review.decision_import import ImportReport


def record_decision(
    name: str,
    said: Mapping[str, str | date | None],
    *,
    decision_seen: str | None,
    store: Path,
    published: Path,
    dry_run: bool,
    imported_at_utc: datetime,
    imported_by: str,
) -> ImportReport:
    """What became of one decision on the case or episode ``name``, as an import of one row tells it.

    ``said`` has the columns that people fill in, and ``decision_kind``. It rests on the evidence of the published
    audit. ``decision_seen`` is the decision that it means to replace, where another person made that one. Raises
    ``UsageError`` for a case that is not there, with those that are near.
    """
    with open_published(published) as connection:
        row = _keys(connection, name) | {"decision_seen": decision_seen} | dict(said)
    content = json.dumps({key: to_json(value) for key, value in sorted(row.items())}, ensure_ascii=True).encode()
    cells = Cells(columns=frozenset({*KEY_COLUMNS, *FILLED_COLUMNS, OPTIONAL_COLUMN}), rows=((1, row),))
    return take_in(
        content,
        cells,
        store=store,
        published=published,
        dry_run=dry_run,
        imported_at_utc=imported_at_utc,
        imported_by=imported_by,
    )


def _keys(connection: Connection, name: str) -> dict[str, str | date | None]:
    """The key cells of the row of a case or episode, as an export of the published audit would have them."""
    episodes = list(episodes_with_evidence(connection).iter_rows(named=True))
    found = [each for each in episodes if name in {each["case_id"], each["episode_id"]}]
    if not found:
        known = sorted({each["case_id"] for each in episodes if each["outcome"] == "flagged"})
        raise unknown_name(name, known, kind="case", place="The published audit")
    if len(found) > 1:
        message = (
            f"The case has {len(found)} episodes. Name the one that was decided: "
            f"{', '.join(each['episode_id'] for each in found)}."
        )
        raise UsageError(message)
    run_id = connection.execute("select run_id from audit.run").fetchall()[0][0]
    return {
        "case_id": found[0]["case_id"],
        "row_hash": found[0]["evidence_digest"],
        "run_id": run_id,
    }
