"""Nights in small for the review loop: published audits, a store of decisions, and rows as analysts fill them."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pipelines.ground.published_file import open_published
from pipelines.ground.warehouse import open_warehouse
from pipelines.review.case_review import evidence_query
from pipelines.review.decision_import import ImportReport, import_decisions
from tests.support.run_in_small import facts, make_working, publish_in_small

if TYPE_CHECKING:
    from pathlib import Path

IMPORTED_AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)
AS_OF = date(2026, 6, 30)
FIRST_RUN = "R20260630-00000001"
SECOND_RUN = "R20260701-00000002"

# The second night: a line of ada was paid at another amount, and nothing else changed.
DEARER = """
    update audit.episode_review set paid_amount = paid_amount + 0.01 where member_id = 'ada';
    update intermediate.counting_line set paid_amount = paid_amount + 0.01
    where member_id = 'ada' and claim_line_number = '2';
    update audit.episode_dollar_line
    set paid_amount = paid_amount + 0.01, line_paid_amount = line_paid_amount + 0.01
    where claim_id = 'A1' and claim_line_number = '2';
"""
SUPPORTED = {
    "review_outcome": "FINDING_SUPPORTED",
    "review_reason": "no_conservative_care_in_record",
    "reviewer": "Dr Grace Hopper",
    "reviewer_credential": "MD",
    "licence_state": "NY",
    "decided_on": "2026-07-01",
}
FLAG_ERROR = {
    "review_outcome": "FLAG_ERROR",
    "review_reason": "duplicate",
    "reviewer": "Ann Analyst",
    "decided_on": "2026-07-01",
}


def publish_first_night(out: Path) -> Path:
    """The published folder of a night on the small delivery."""
    make_working(out / "work" / "run.duckdb")
    publish_in_small(out)
    return out / "published"


def later_night(first: Path, out: Path, statements: str) -> Path:
    """The working file of a later night: that of the first one, changed by ``statements``."""
    working = out / "work" / "run.duckdb"
    working.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(first.parent / "work" / "run.duckdb", working)
    with open_warehouse(working) as connection:
        connection.execute(f"update audit.episode_review set run_id = '{SECOND_RUN}'; {statements}")
    return working


def publish_second_night(first: Path, out: Path) -> Path:
    """The published folder of the night after."""
    later_night(first, out, DEARER)
    publish_in_small(out, run_facts=facts(SECOND_RUN))
    return out / "published"


def case_rows(published: Path) -> dict[str, dict[str, str]]:
    """For each member the key cells of its row, as an export has them."""
    with open_published(published) as connection:
        found = connection.execute(
            "select episode_review.member_id, episode_review.case_id, evidence.evidence_digest, episode_review.run_id "
            f"from audit.episode_review inner join ({evidence_query()}) as evidence "
            "on episode_review.episode_id = evidence.episode_id"
        ).fetchall()
    return {
        member: {"case_id": case_id, "row_hash": digest, "run_id": run_id, "decision_seen": ""}
        for member, case_id, digest, run_id in found
    }


COLUMNS = (
    "case_id", "row_hash", "run_id", "decision_seen", "decision_kind", "review_outcome", "review_reason",
    "review_note", "assignee", "reviewer", "reviewer_credential", "licence_state", "decided_on",
)  # fmt: skip


def write_rows(file: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    """A CSV as an analyst sends it back."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def take_in(file: Path, published: Path, store: Path, **changes: Any) -> ImportReport:
    """What an import of ``file`` says."""
    asked: dict[str, Any] = {"dry_run": False, "imported_at_utc": IMPORTED_AT, "imported_by": "Lead Lovelace"} | changes
    return import_decisions(file, store=store, published=published, **asked)
